import { LRUCache } from 'lru-cache';
import type { Task } from '../../tasks/task.ts';
import { linesIn, MAX_LINE } from '../lines.ts';
import { Problem } from '../problem.ts';
import { type LoggedEvent, type LogLine, parseLine } from './log-line.ts';

/** How many tasks are remembered; an attempt usually follows its task. */
const MAX_TASKS = 1000;

/** All that a log holds of one attempt. */
export interface LoggedAttempt {
  attempt_id: string;
  task: Task;
  /** As recorded, numbered from 1 on. */
  events: LoggedEvent[];
  attempt?: LogLine['attempt'];
  metrics?: LogLine['metrics'];
  skills?: LogLine['skills'];
}

/** Something that is wrong in a log, and what to do. */
export interface LogError {
  file: string;
  /** Counted from 1. */
  line: number;
  message: string;
}

/** An attempt of which more lines may follow. */
interface OpenAttempt extends Omit<LoggedAttempt, 'task'> {
  firstLine: number;
  characters: number;
  /** The task that its own lines held. */
  task?: Task | undefined;
  /** The first thing that keeps it from being played. */
  error?: LogError;
}

/**
 * Reads the attempts of a log one after the other. The lines of an attempt stand together, its events in their order;
 * where they do not, only this attempt is dropped.
 * @param task of attempts whose task is not in the log
 */
export async function* readLog(file: string, task?: Task): AsyncGenerator<LoggedAttempt | LogError> {
  const reader = new LogReader(file, task);
  try {
    for await (const text of linesIn(file)) yield* reader.add(text);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    yield { file, line: 1, message: error.message };
  }
  yield* reader.finish();
}

class LogReader {
  readonly #file: string;
  readonly #tasks = new LRUCache<string, Task>({ max: MAX_TASKS });
  #latestTask: Task | undefined;
  #open: OpenAttempt | undefined;
  #line = 0;

  constructor(file: string, task: Task | undefined) {
    this.#file = file;
    if (task) this.#note(task);
  }

  /** @returns what this line tells to be over, or to be wrong */
  *add(text: string | undefined): Generator<LoggedAttempt | LogError> {
    this.#line += 1;
    if (text === undefined) {
      yield this.#error(`is longer than ${MAX_LINE} characters; put fewer events on a line`);
      return;
    }
    if (text.trim() === '') return;
    const parsed = parseLine(text);
    if ('problems' in parsed) {
      yield* parsed.problems.map((problem) => this.#error(problem));
      return;
    }
    const { line } = parsed;
    if (line.task) this.#note(line.task);
    const [attempt_id, ...others] = attemptsIn(line);
    if (others.length > 0) yield this.#error('is about several attempts; give each a line of its own');
    else if (attempt_id !== undefined) {
      if (this.#open?.attempt_id !== attempt_id) yield* this.finish();
      this.#open ??= { attempt_id, firstLine: this.#line, characters: 0, events: [] };
      this.#open.characters += text.length;
      const problem = addTo(this.#open, line);
      if (problem !== undefined) this.#open.error ??= this.#error(problem);
    }
  }

  /** @returns the attempt of the lines so far, or what keeps it from being played */
  *finish(): Generator<LoggedAttempt | LogError> {
    if (!this.#open) return;
    const { error, firstLine, characters: _, ...logged } = this.#open;
    this.#open = undefined;
    const task_id = logged.attempt?.task_id ?? logged.skills?.task_id;
    const known = task_id === undefined ? this.#latestTask : this.#tasks.get(task_id);
    const task = logged.task ?? known;
    const isWithoutEvents = logged.events.length === 0 && logged.attempt?.['sequence_number'] !== 0;
    const leaveOut = (why: string): LogError => {
      const message = `attempt ${logged.attempt_id} is left out: ${why}`;
      return { file: this.#file, line: firstLine, message };
    };
    if (error) yield error;
    else if (isWithoutEvents) yield leaveOut('it has no events here; keep all its lines together');
    else if (task) yield { ...logged, task };
    else {
      const its = task_id === undefined ? 'its task' : `its task ${task_id}`;
      yield leaveOut(
        `${its} is not known; put the answer of GET /tasks/{id} before it, or name its file with --task`,
      );
    }
  }

  #note(task: Task): void {
    this.#latestTask = task;
    this.#tasks.set(task.task_id, task);
  }

  #error(message: string): LogError {
    return { file: this.#file, line: this.#line, message };
  }
}

/** The attempts that a line is about, which should be one. */
function attemptsIn({ attempt, events, metrics, skills }: LogLine): Set<string> {
  const parts = [...events, ...[attempt, metrics, skills].filter((part) => part !== undefined)];
  return new Set(parts.map(({ attempt_id }) => attempt_id));
}

/** Adds what a line holds. @returns what keeps the attempt from being played */
function addTo(open: OpenAttempt, line: LogLine): string | undefined {
  const { attempt_id, events } = open;
  if (open.characters > MAX_LINE) {
    events.length = 0;
    return `attempt ${attempt_id} is left out: it has more than ${MAX_LINE} characters, more than any server records`;
  }
  open.task = line.task ?? open.task;
  open.attempt = line.attempt ?? open.attempt;
  open.metrics = line.metrics ?? open.metrics;
  open.skills = line.skills ?? open.skills;
  for (const event of line.events) {
    const { sequence_number } = event;
    if (sequence_number !== events.length + 1) {
      return `attempt ${attempt_id} is left out: event ${sequence_number} stands where event ${events.length + 1} should; keep all its lines together and in their order`;
    }
    events.push(event);
  }
  return undefined;
}
