import { readFile } from 'node:fs/promises';
import type { Task } from '../../tasks/task.ts';
import { parseLine } from '../log/log-line.ts';
import { type LoggedAttempt, readLog } from '../log/read-log.ts';
import { replayAttempt } from '../log/replay.ts';
import { Problem } from '../problem.ts';
import { attemptJson, attemptLines, logErrorLine, outcomeOf } from '../report/log-report.ts';
import type { Terminal } from '../terminal.ts';

interface LogWish {
  log: string;
  task?: string | undefined;
  json?: boolean | undefined;
  quiet?: boolean | undefined;
}

/**
 * `npm run simulate -- --log FILE`: plays the attempts of a log one after the other and tells each as soon as it is
 * played. @returns the exit code: 0, 1 where something differs, 2 where something of the log could not be played
 */
export async function simulateLog(wish: LogWish, terminal: Terminal): Promise<number> {
  const { log, json = false, quiet = false } = wish;
  const { print, printError, signal } = terminal;
  const counts = { 'as recorded': 0, differs: 0, played: 0 };
  let errors = 0;
  const complain = (message: string) => {
    errors += 1;
    printError(message);
  };
  const play = async (attempt: LoggedAttempt) => {
    const replayed = await replayAttempt(attempt);
    const outcome = outcomeOf(replayed);
    counts[outcome] += 1;
    if (quiet && outcome !== 'differs') return;
    if (json) print(attemptJson(replayed));
    else attemptLines(replayed).forEach(print);
  };

  const task = wish.task === undefined ? undefined : await readTask(wish.task);
  for await (const read of readLog(log, task)) {
    signal.throwIfAborted();
    if ('message' in read) {
      complain(logErrorLine(read));
      continue;
    }
    await play(read).catch((error) => {
      if (!(error instanceof Problem)) throw error;
      complain(`attempt ${read.attempt_id}: ${error.message}`);
    });
  }
  const summary = Object.entries(counts).filter(([, count]) => count > 0);
  const told = summary.map(([outcome, count]) => `${count} ${outcome}`);
  if (errors > 0) told.push(`${errors} ${errors === 1 ? 'error' : 'errors'} in the log`);
  if (!json) print(told.join(', ') || 'no attempts');
  if (errors > 0) return 2;
  return counts.differs === 0 ? 0 : 1;
}

/** @throws Problem where the file does not hold a task */
async function readTask(file: string): Promise<Task> {
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw new Problem(`${file} cannot be read: ${error.message}`);
  });
  const parsed = parseLine(text);
  if ('problems' in parsed) throw new Problem(`${file} ${parsed.problems.join('\n')}`);
  if (parsed.line.task) return parsed.line.task;
  throw new Problem(
    `${file} holds no task; save there what GET /tasks/{id} answers to a recruiter or an administrator.`,
  );
}
