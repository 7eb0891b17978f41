import { clock, make } from './dom.ts';
import { seconds } from './seconds.ts';
import { stateLabel } from './state-value.ts';
import type { Stop } from './timeline.ts';
import type { WireMoment } from './wire.ts';

/** Rows that Page Up and Page Down go. */
const PAGE = 10;
/** Characters of a reasoning that a row shows. */
const EXCERPT = 32;

/** The list of everything that happened: one row for each place of the slider, of which one is selected. */
export class EventLog {
  readonly #list: HTMLElement;
  /** The stops as text, to see which rows are still right. */
  #drawn: string[] = [];
  #selected = 0;

  /** @param select called with the place that the reader chose. */
  constructor(list: HTMLElement, select: (position: number) => void) {
    this.#list = list;
    list.addEventListener('click', ({ target }) => {
      const row = target instanceof Element ? target.closest('[role=option]') : null;
      if (row) select([...list.children].indexOf(row));
    });
    list.addEventListener('keydown', (event) => {
      const position = this.#moved(event.key);
      if (position === undefined) return;
      event.preventDefault();
      select(Math.min(Math.max(position, 0), list.children.length - 1));
    });
  }

  /** Draws what is new and selects a row. @param quietly without scrolling to it. */
  show(stops: readonly Stop[], position: number): void {
    const start = stops.find(({ event }) => event)?.event?.timestamp_server;
    const texts = stops.map((stop) => JSON.stringify(stop));
    const same = texts.findIndex((text, index) => text !== this.#drawn[index]);
    const keep = same === -1 ? texts.length : same;
    while (this.#list.children.length > keep) this.#list.lastElementChild?.remove();
    this.#list.append(...stops.slice(keep).map((stop, index) => rowOf(stop, keep + index, start)));
    this.#drawn = texts;
    this.#select(position);
  }

  #select(position: number): void {
    this.#selected = position;
    for (const [index, row] of [...this.#list.children].entries()) {
      row.setAttribute('aria-selected', String(index === position));
    }
    const row = this.#list.children[position];
    this.#list.removeAttribute('aria-activedescendant');
    if (!(row instanceof HTMLElement)) return;
    this.#list.setAttribute('aria-activedescendant', row.id);
    // Not scrollIntoView, which would move the whole page along.
    const { offsetTop: top, offsetHeight: height } = row;
    const { scrollTop, clientHeight } = this.#list;
    if (top < scrollTop) this.#list.scrollTop = top;
    else if (top + height > scrollTop + clientHeight) this.#list.scrollTop = top + height - clientHeight;
  }

  #moved(key: string): number | undefined {
    switch (key) {
      case 'ArrowDown':
        return this.#selected + 1;
      case 'ArrowUp':
        return this.#selected - 1;
      case 'PageDown':
        return this.#selected + PAGE;
      case 'PageUp':
        return this.#selected - PAGE;
      case 'Home':
        return 0;
      case 'End':
        return this.#list.children.length - 1;
      default:
        return undefined;
    }
  }
}

function rowOf({ event, state }: Stop, index: number, start: string | undefined): HTMLElement {
  const after = make('span', { class: 'after' }, stateLabel(state));
  const attributes = { role: 'option', id: `row-${index}` };
  if (!event) {
    const what = index === 0 ? 'before the first event' : 'by the server itself';
    return make('div', attributes, make('span', { class: 'what quiet' }, what), after);
  }
  const { sequence_number, event_type, timestamp_server, payload } = event;
  const offset = start ? Date.parse(timestamp_server) - Date.parse(start) : 0;
  return make(
    'div',
    attributes,
    make('span', { class: 'number' }, String(sequence_number)),
    make('span', { class: 'what' }, event_type, make('span', { class: 'detail' }, detailOf(payload))),
    make('time', { class: 'offset', datetime: timestamp_server }, `+${seconds(offset)}`),
    after,
    make('span', { class: 'clock' }, clock(timestamp_server)),
  );
}

/** What of a payload tells one event of a type from another. */
function detailOf(payload: WireMoment['payload']): string {
  const facts = (payload ?? {}) as Record<string, unknown>;
  const { option_code, duration_ms, from_code, to_code, final_option_code, text, word_count } = facts;
  if (from_code !== undefined) return ` ${from_code} → ${to_code}`;
  if (duration_ms !== undefined) return ` ${option_code}, ${seconds(Number(duration_ms))}`;
  if (option_code !== undefined) return ` ${option_code}`;
  if (final_option_code !== undefined) return ` ${final_option_code}`;
  if (typeof text === 'string') return ` “${text.length > EXCERPT ? `${text.slice(0, EXCERPT)}…` : text}”`;
  return word_count === undefined ? '' : ` ${word_count} words`;
}
