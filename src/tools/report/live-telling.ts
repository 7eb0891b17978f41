import type { StateValue } from 'xstate';
import type { Task } from '../../tasks/task.ts';
import type { LiveMessage } from '../api-client.ts';
import { LiveChannel } from '../player/live-channel.ts';
import type { Observer, PlayedStep } from '../player/play.ts';
import type { ServerStage } from '../player/server-stage.ts';
import { Problem } from '../problem.ts';
import type { Step } from '../scenario/steps.ts';
import type { Terminal } from '../terminal.ts';
import { describeStep, stateText } from './describe-step.ts';
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
  readonly #channel: LiveChannel;
  /** What to say of each event, in the order in which they are posted. */
  readonly #details: string[] = [];
  #started_at: number | undefined;
  #state = '';

  constructor(stage: ServerStage, task: Task, terminal: Terminal) {
    this.#stage = stage;
    this.#task = task;
    this.#terminal = terminal;
    this.#channel = new LiveChannel(stage, terminal.signal, (message) => this.#tell(message));
  }

  open(): Promise<void> {
    return this.#channel.open();
  }

  close(): void {
    this.#channel.close();
  }

  /** Lets the pauses before a step go by. A view lasted as long as its pause really took, to the tenth of a ms. */
  async before(step: Step): Promise<Step> {
    const { meanwhile = [] } = step;
    let until = step.at - meanwhile.reduce((sum, { for_ms }) => sum + for_ms, 0);
    let began = 0;
    for (const { doing, for_ms, away } of meanwhile) {
      if (for_ms >= ANNOUNCED_FROM_MS) this.#note(`… ${doing} for ${duration(for_ms)}`);
      if (away) this.close();
      began = performance.now();
      until += for_ms;
      await this.#stage.reach(until);
      if (away) await this.open();
    }
    const measured = { ...step };
    if (measured.event === 'option_viewed') {
      measured.duration_ms = Math.round((performance.now() - began) * 10) / 10;
    }
    this.#details.push(describeStep(measured, (code) => this.#optionText(code)));
    return measured;
  }

  /** @throws Problem where the server refuses an event or falls silent */
  async after({ step: { event }, answer }: PlayedStep): Promise<void> {
    if (!answer.acknowledged) {
      throw new Problem(`The server refused ${event} (${answer.status}): ${answer.detail}`);
    }
    const number = answer.sequence_number;
    await this.#channel.until(`event ${number}`, ({ type, data }) =>
      event === 'task_completed'
        ? type === 'metrics_ready'
        : type === 'attempt_state' && Number(data['sequence_number']) >= number,
    );
  }

  #tell({ type, data }: LiveMessage): void {
    if (type === 'event_ack') this.#acknowledged(data);
    if (type === 'attempt_state') this.#stateIs(stateText(data['state'] as StateValue));
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
    if (state !== this.#state) this.#note(`state: ${state}`);
    this.#state = state;
  }

  #note(text: string): void {
    this.#terminal.print(this.#terminal.paint('dim', `${INDENT}${text}`));
  }

  #optionText(code: string): string {
    const option = this.#task.options.find(({ option_code }) => option_code === code);
    return option ? `“${option.label}” (${option.risk_tag} risk)` : code;
  }
}
