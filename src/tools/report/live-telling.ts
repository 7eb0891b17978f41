import { countWords } from '../../results/metrics/words.ts';
import type { Task } from '../../tasks/task.ts';
import type { LiveMessage } from '../api-client.ts';
import { LiveFeed } from '../player/live-feed.ts';
import type { Observer, PlayedStep } from '../player/play.ts';
import type { ServerStage } from '../player/server-stage.ts';
import { Problem } from '../problem.ts';
import { reasoningText } from '../scenario/reasoning-text.ts';
import type { Pause, Step } from '../scenario/steps.ts';
import type { Terminal } from '../terminal.ts';
import { asWords, duration, LINE_WIDTH, seconds } from './text.ts';

/** Milliseconds from which on a pause is announced, so that nobody takes a silent screen for a stuck one. */
const ANNOUNCED_FROM_MS = 1_000;
const INDENT = ' '.repeat(17);

/**
 * Shows an attempt as its live channel tells it: one line for each acknowledged event, one for each change of
 * state. The player goes on only when the channel has told of the step before.
 */
export class LiveTelling implements Observer {
  readonly #stage: ServerStage;
  readonly #task: Task;
  readonly #terminal: Terminal;
  readonly #feed: LiveFeed;
  /** What to say of each event, in the order in which they are posted. */
  readonly #details: string[] = [];
  #started_at: number | undefined;
  #state = '';

  constructor(stage: ServerStage, task: Task, terminal: Terminal) {
    this.#stage = stage;
    this.#task = task;
    this.#terminal = terminal;
    this.#feed = new LiveFeed(stage.candidate, stage.attempt_id, (message) => this.#tell(message));
  }

  open(): Promise<void> {
    return this.#feed.open(this.#terminal.signal);
  }

  close(): void {
    this.#feed.close();
  }

  /** Lets the pauses before a step go by. A view lasted as long as its pause really took, to the tenth of a ms. */
  async before(step: Step): Promise<Step> {
    const { meanwhile = [] } = step;
    let until = step.at - meanwhile.reduce((sum, { for_ms }) => sum + for_ms, 0);
    let spent_ms = 0;
    for (const pause of meanwhile) {
      until += pause.for_ms;
      spent_ms = await this.#spend(pause, until);
    }
    const measured = { ...step };
    if (measured.event === 'option_viewed') measured.duration_ms = Math.round(spent_ms * 10) / 10;
    this.#details.push(detailsOf(measured, this.#task));
    return measured;
  }

  async #spend({ doing, for_ms, away }: Pause, until: number): Promise<number> {
    if (for_ms >= ANNOUNCED_FROM_MS) this.#note(`… ${doing} for ${duration(for_ms)}`);
    const began = performance.now();
    if (away) this.#feed.close();
    await this.#stage.reach(until);
    if (away) await this.open();
    return performance.now() - began;
  }

  /** @throws Problem where the server refuses an event or falls silent */
  async after({ step: { event }, answer }: PlayedStep): Promise<void> {
    if (!answer.acknowledged) {
      throw new Problem(`The server refused ${event} (${answer.status}): ${answer.detail}`);
    }
    const { sequence_number } = answer;
    const { signal } = this.#terminal;
    await this.#feed.until(() => this.#feed.lastEvent >= sequence_number, `event ${sequence_number}`, signal);
    if (event !== 'task_completed') return;
    await this.#feed.until(() => this.#feed.resultsReady, 'that the results are ready', signal);
  }

  #tell({ type, data }: LiveMessage): void {
    if (type === 'event_ack') this.#acknowledged(data);
    if (type === 'attempt_state') this.#stateIs(stateInWords(data['state']));
    if (type === 'attempt_status') this.#note(`status: ${asWords(String(data['status']))}`);
    if (type === 'metrics_ready') this.#note('the results are ready');
    if (type === 'error') this.#note(`the live channel says: ${data['detail']}`);
  }

  #acknowledged(data: LiveMessage['data']): void {
    const number = Number(data['sequence_number']);
    const at = Date.parse(String(data['timestamp_server']));
    this.#started_at ??= at;
    const clock = seconds(at - this.#started_at, 2).padStart(10);
    const type = String(data['event_type']).padEnd(20);
    const line = `${clock}  #${String(number).padEnd(3)} ${type}${this.#details[number - 1] ?? ''}`;
    this.#terminal.print(line.length > LINE_WIDTH ? `${line.slice(0, LINE_WIDTH - 1)}…` : line.trimEnd());
  }

  #stateIs(state: string): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#note(`state: ${state}`);
  }

  #note(text: string): void {
    this.#terminal.print(this.#terminal.paint('dim', `${INDENT}${text}`));
  }
}

function detailsOf(step: Step, { options }: Task): string {
  const named = (code: string | undefined) => {
    const option = options.find(({ option_code }) => option_code === code);
    return option ? `“${option.label}” (${option.risk_tag} risk)` : 'what is selected';
  };
  switch (step.event) {
    case 'option_viewed':
      return `${duration(step.duration_ms)} at ${named(step.option)}`;
    case 'option_selected':
      return named(step.option);
    case 'option_changed':
      return `from ${step.from} to ${named(step.to)}`;
    case 'reasoning_updated':
      return `${countWords(reasoningText(step))} words so far`;
    case 'reasoning_submitted':
      return `${countWords(reasoningText(step))} words`;
    case 'task_completed':
      return `with ${named(step.option)}`;
    default:
      return '';
  }
}

/** A machine's state value: a name, or nested names as `active (decision: undecided, …)`. */
function stateInWords(state: unknown): string {
  if (typeof state !== 'object' || state === null) return asWords(String(state));
  return Object.entries(state)
    .map(([name, inner]) =>
      typeof inner === 'string'
        ? `${asWords(name)}: ${asWords(inner)}`
        : `${asWords(name)} (${stateInWords(inner)})`,
    )
    .join(', ');
}
