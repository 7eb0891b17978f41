import type { BehaviorEvent } from '../../events/event-table.ts';
import type { Task } from '../../tasks/task.ts';
import type { LiveMessage } from '../api-client.ts';
import type { Audience } from './play.ts';
import { asWords, inSeconds, LINE_WIDTH, type Paint } from './text.ts';

/** Milliseconds from which on a pause is announced, so that nobody takes a silent screen for a stuck one. */
const ANNOUNCED_FROM_MS = 1_000;
const INDENT = ' '.repeat(17);

/** Shows an attempt as it goes: one line for each acknowledged event, one for each change of state. */
export class EventLines implements Audience {
  readonly #task: Task;
  readonly #print: (line: string) => void;
  readonly #paint: Paint;
  readonly #details = new Map<number, string>();
  #started_at: number | undefined;
  #state = '';

  constructor(task: Task, print: (line: string) => void, paint: Paint) {
    this.#task = task;
    this.#print = print;
    this.#paint = paint;
  }

  doing(what: string, pause_ms: number): void {
    if (pause_ms >= ANNOUNCED_FROM_MS) this.#note(`… ${what} for ${inSeconds(pause_ms)}`);
  }

  posting(sequence_number: number, event: BehaviorEvent): void {
    this.#details.set(sequence_number, detailsOf(event, this.#task));
  }

  /** A message of the live channel. */
  hear({ type, data }: LiveMessage): void {
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
    const clock = `${((at - this.#started_at) / 1_000).toFixed(2)} s`.padStart(10);
    const type = String(data['event_type']);
    const line = `${clock}  #${String(number).padEnd(3)} ${type.padEnd(20)}${this.#details.get(number) ?? ''}`;
    this.#print(line.length > LINE_WIDTH ? `${line.slice(0, LINE_WIDTH - 1)}…` : line.trimEnd());
  }

  #stateIs(state: string): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#note(`state: ${state}`);
  }

  #note(text: string): void {
    this.#print(this.#paint.faint(`${INDENT}${text}`));
  }
}

function detailsOf(event: BehaviorEvent, task: Task): string {
  const named = (option_id: string) => {
    const option = task.options.find((known) => known.option_id === option_id);
    return option ? `“${option.label}” (${option.risk_tag} risk)` : option_id;
  };
  switch (event.event_type) {
    case 'option_viewed':
      return `${inSeconds(event.payload.duration_ms)} at ${named(event.payload.option_id)}`;
    case 'option_selected':
      return named(event.payload.option_id);
    case 'option_changed':
      return `from ${event.payload.from_code} to ${named(event.payload.to_option_id)}`;
    case 'reasoning_updated':
      return `${event.payload.word_count} words so far`;
    case 'reasoning_submitted':
      return `${event.payload.word_count} words`;
    case 'task_completed':
      return `with ${named(event.payload.final_option_id)}`;
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
