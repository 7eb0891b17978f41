import { on } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import type { WebSocket } from 'ws';
import type { StateValue } from 'xstate';
import type { Task } from '../../tasks/task.ts';
import type { LiveMessage } from '../api-client.ts';
import type { Observer } from '../player/play.ts';
import type { ServerStage } from '../player/server-stage.ts';
import { Problem } from '../problem.ts';
import type { Step } from '../scenario/steps.ts';
import type { Terminal } from '../terminal.ts';
import { describeStep, stateText } from './describe-step.ts';
import { asWords, duration, LINE_WIDTH, seconds } from './text.ts';

/** Milliseconds from which on a pause is announced, so that nobody takes a silent screen for a stuck one. */
const ANNOUNCED_FROM_MS = 1_000;
/** Milliseconds after which something that should have come over the socket is missed. */
const PATIENCE_MS = 20_000;

/**
 * Shows an attempt as its live channel tells it: one line for each acknowledged event, one for each change of
 * state. The player goes on only when the channel has told of the step before. While the person is away the channel
 * is closed; opened again it goes on after the last event it told, as for a front end that lost its connection.
 * @throws Problem where the server refuses an event, falls silent or closes the channel; the signal's reason
 */
export class LiveTelling implements Observer {
  readonly #stage: ServerStage;
  readonly #terminal: Terminal;
  readonly #nameOf: (option_code: string) => string;
  #socket: WebSocket | undefined;
  #messages: AsyncIterator<unknown[]> | undefined;
  #whyClosed = '';
  /** What to say of each event, in the order in which they are posted. */
  readonly #details: string[] = [];
  #lastEvent = 0;
  #started_at: number | undefined;
  #state = '';

  constructor(stage: ServerStage, task: Task, terminal: Terminal) {
    this.#stage = stage;
    this.#terminal = terminal;
    const names = task.options.map((option): [string, string] => {
      return [option.option_code, `“${option.label}” (${option.risk_tag} risk)`];
    });
    this.#nameOf = (code) => new Map(names).get(code) ?? code;
  }

  /** Connects, and resolves when everything that happened meanwhile was told. */
  async open(): Promise<void> {
    const socket = this.#stage.candidate.watch(this.#stage.attempt_id, this.#lastEvent);
    this.#socket = socket;
    socket.on('error', ({ message }) => (this.#whyClosed = message));
    socket.on('close', (code, reason) => (this.#whyClosed ||= `${code} ${reason}`.trim()));
    this.#messages = on(socket, 'message', { close: ['close'], signal: this.#terminal.signal });
    await this.#tellUntil('the attempt’s state', ({ type }) => type === 'attempt_state');
  }

  close(): void {
    this.#socket?.close();
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
    this.#details.push(describeStep(measured, this.#nameOf));
    return measured;
  }

  async after({ step: { event }, answer }: Parameters<Observer['after']>[0]): Promise<void> {
    if (!answer.acknowledged) {
      throw new Problem(`The server refused ${event} (${answer.status}): ${answer.detail}`);
    }
    const number = answer.sequence_number;
    await this.#tellUntil(`event ${number}`, ({ type, data }) =>
      event === 'task_completed'
        ? type === 'metrics_ready'
        : type === 'attempt_state' && Number(data['sequence_number']) >= number,
    );
  }

  /** Tells what comes, up to the first message that `isIt`. @param what as in "did not tell …" */
  async #tellUntil(what: string, isIt: (message: LiveMessage) => boolean): Promise<void> {
    const closed = () => new Problem(`The live channel was closed: ${this.#whyClosed}.`);
    for (let isTold = false; !isTold; ) {
      const patience = setTimeout(PATIENCE_MS, undefined, { ref: false });
      const next = await Promise.race([this.#messages?.next(), patience]).catch((error: Error) => {
        throw this.#terminal.signal.aborted ? error : closed();
      });
      if (!next) throw new Problem(`The live channel did not tell ${what} within ${PATIENCE_MS / 1_000} s.`);
      if (next.done) throw closed();
      const message: LiveMessage = JSON.parse(String(next.value[0]));
      this.#tell(message);
      isTold = isIt(message);
    }
  }

  #tell({ type, data }: LiveMessage): void {
    if (type === 'event_ack') this.#acknowledged(data);
    if (type === 'attempt_state') this.#stateIs(stateText(data['state'] as StateValue));
    if (type === 'attempt_status') this.#note(`status: ${asWords(String(data['status']))}`);
    if (type === 'metrics_ready') this.#note('the results are ready');
    if (type === 'error') this.#note(`the live channel says: ${data['detail']}`);
  }

  #acknowledged(data: LiveMessage['data']): void {
    this.#lastEvent = Number(data['sequence_number']);
    const at = Date.parse(String(data['timestamp_server']));
    this.#started_at ??= at;
    const clock = seconds(at - this.#started_at, 2).padStart(10);
    const event = `#${String(this.#lastEvent).padEnd(3)} ${String(data['event_type']).padEnd(20)}`;
    const line = `${clock}  ${event}${this.#details[this.#lastEvent - 1] ?? ''}`;
    this.#terminal.print(line.length > LINE_WIDTH ? `${line.slice(0, LINE_WIDTH - 1)}…` : line.trimEnd());
  }

  #stateIs(state: string): void {
    if (state !== this.#state) this.#note(`state: ${state}`);
    this.#state = state;
  }

  #note(text: string): void {
    this.#terminal.print(this.#terminal.paint('dim', ' '.repeat(17) + text));
  }
}
