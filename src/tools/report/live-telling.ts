import { on } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import type { WebSocket } from 'ws';
import type { StateValue } from 'xstate';
import type { Task } from '../../tasks/task.ts';
import type { LiveMessage } from '../api-client.ts';
import type { Observer } from '../player/play.ts';
import type { ServerStage } from '../player/server-stage.ts';
import { Problem } from '../problem.ts';
import type { Terminal } from '../terminal.ts';
import { BENEATH, describeStep, eventLine, stateText } from './describe-step.ts';
import { asWords, duration, wrap } from './text.ts';

/** Milliseconds from which on a pause is announced, so that nobody takes a silent screen for a stuck one. */
const ANNOUNCED_FROM_MS = 1_000;
/** Milliseconds after which something that should have come over the socket is missed. */
const PATIENCE_MS = 20_000;

/**
 * Shows an attempt as its live channel tells it: one line for each acknowledged event, one for each change of state.
 * The player goes on only when the channel has told of the step before. While the person is away the channel is
 * closed; opened again it goes on after the last event told, as for a front end that lost its connection.
 * @throws Problem where the server refuses an event, falls silent or closes the channel; the signal's reason
 */
export function liveTelling(stage: ServerStage, task: Task, { print, paint, signal }: Terminal) {
  let socket: WebSocket | undefined;
  let messages: AsyncIterator<unknown[]> | undefined;
  let whyClosed = '';
  let lastEvent = 0;
  let started_at: number | undefined;
  let state = '';
  /** What to say of each event, in the order in which they are posted. */
  const details: string[] = [];

  const note = (text: string) => print(paint('dim', BENEATH + text));
  const nameOf = (code: string) => {
    const option = task.options.find(({ option_code }) => option_code === code);
    return option ? `“${option.label}” (${option.risk_tag} risk)` : code;
  };

  function tell({ type, data }: LiveMessage): void {
    if (type === 'event_ack') {
      lastEvent = Number(data['sequence_number']);
      const at = Date.parse(String(data['timestamp_server']));
      started_at ??= at;
      const line = eventLine(at - started_at, lastEvent, String(data['event_type']));
      for (const part of wrap(details[lastEvent - 1] ?? '', line)) print(part.trimEnd());
    }
    if (type === 'attempt_state') {
      const before = state;
      state = stateText(data['state'] as StateValue);
      if (state !== before) note(`state: ${state}`);
    }
    if (type === 'attempt_status') note(`status: ${asWords(String(data['status']))}`);
    if (type === 'metrics_ready') note('the results are ready');
    if (type === 'error') note(`the live channel says: ${data['detail']}`);
  }

  /** Tells what comes, up to the first message that `isIt`. @param what as in "did not tell …" */
  async function tellUntil(what: string, isIt: (message: LiveMessage) => boolean): Promise<void> {
    while (true) {
      const patience = setTimeout(PATIENCE_MS, undefined, { ref: false });
      const next = await Promise.race([messages?.next(), patience]).catch(() => ({ done: true }) as const);
      signal.throwIfAborted();
      if (!next) throw new Problem(`The live channel did not tell ${what} within ${PATIENCE_MS / 1_000} s.`);
      if (next.done) throw new Problem(`The live channel was closed: ${whyClosed}.`);
      const message: LiveMessage = JSON.parse(String(next.value[0]));
      tell(message);
      if (isIt(message)) return;
    }
  }

  /** Connects, and resolves when everything that happened meanwhile was told. */
  async function open(): Promise<void> {
    whyClosed = '';
    socket = stage.candidate.watch(stage.attempt_id, lastEvent);
    socket.on('error', ({ message }) => (whyClosed = message));
    socket.on('close', (code, reason) => (whyClosed ||= `${code} ${reason}`.trim()));
    messages = on(socket, 'message', { close: ['close'], signal });
    await tellUntil('the attempt’s state', ({ type }) => type === 'attempt_state');
  }

  const close = () => socket?.close();

  const observer: Observer = {
    /** Lets the pauses before a step go by. */
    async before(step) {
      details.push(describeStep(step, nameOf));
      const { meanwhile = [] } = step;
      let until = step.at - meanwhile.reduce((sum, { for_ms }) => sum + for_ms, 0);
      for (const { doing, for_ms, away } of meanwhile) {
        if (for_ms >= ANNOUNCED_FROM_MS) note(`… ${doing} for ${duration(for_ms)}`);
        if (away) close();
        until += for_ms;
        await stage.reach(until);
        if (away) await open();
      }
    },
    async after({ step: { event }, answer }) {
      if (!answer.acknowledged) {
        throw new Problem(`The server refused ${event} (${answer.status}): ${answer.detail}`);
      }
      const number = answer.sequence_number;
      await tellUntil(`event ${number}`, ({ type, data }) =>
        event === 'task_completed'
          ? type === 'metrics_ready'
          : type === 'attempt_state' && Number(data['sequence_number']) >= number,
      );
    },
  };
  return { ...observer, open, close };
}
