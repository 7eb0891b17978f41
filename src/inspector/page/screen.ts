import type { StateValue } from 'xstate';
import type { Api } from './api.ts';
import { clock, find, make } from './dom.ts';
import { EventLog } from './event-log.ts';
import { Picture } from './picture.ts';
import { drawResults } from './results.ts';
import { stateLabel } from './state-value.ts';
import { type Stop, Timeline } from './timeline.ts';
import type { WireMetrics, WireProfile } from './wire.ts';

/** Everything of the page that shows the attempt being watched; where the reader looks is the timeline's. */
export class Screen {
  readonly #choice = find('choice', HTMLElement);
  readonly #watch = find('watch', HTMLElement);
  readonly #status = find('status', HTMLElement);
  readonly #state = find('state', HTMLElement);
  readonly #allowed = find('allowed', HTMLElement);
  readonly #slider = find('slider', HTMLInputElement);
  readonly #back = find('back', HTMLButtonElement);
  readonly #forth = find('forth', HTMLButtonElement);
  readonly #toEnd = find('to-end', HTMLButtonElement);
  readonly #place = find('place', HTMLElement);
  readonly #results = find('results', HTMLElement);
  readonly #picture: Picture;
  readonly #log: EventLog;
  readonly #fail: (error: unknown) => void;
  #timeline = new Timeline();

  constructor(api: Api, { fail }: { fail: (error: unknown) => void }) {
    this.#fail = fail;
    const box = find('picture', HTMLElement);
    this.#picture = new Picture(box, api);
    this.#log = new EventLog(find('log', HTMLElement), (position) => this.#goTo(position));
    this.#slider.addEventListener('input', () => this.#goTo(this.#slider.valueAsNumber));
    this.#back.addEventListener('click', () => this.#goTo(this.#timeline.position - 1));
    this.#forth.addEventListener('click', () => this.#goTo(this.#timeline.position + 1));
    this.#toEnd.addEventListener('click', () => this.#goTo(Number.POSITIVE_INFINITY));
    find('whole', HTMLInputElement).addEventListener('change', ({ target }) => {
      box.classList.toggle('is-whole', (target as HTMLInputElement).checked);
      this.#picture.reveal();
    });
  }

  /** After the log-in. */
  enter(): void {
    this.#watch.hidden = false;
    this.#choice.hidden = false;
    this.begin(new Timeline());
  }

  /** Takes everything off the screen. */
  leave(): void {
    this.#watch.hidden = true;
    this.#choice.hidden = true;
    this.begin(new Timeline());
    this.status('');
  }

  /** Begins anew for another attempt. */
  begin(timeline: Timeline): void {
    this.#results.hidden = true;
    this.#results.replaceChildren();
    this.draw(timeline);
  }

  status(text: string): void {
    if (this.#status.textContent !== text) this.#status.textContent = text;
    this.#status.classList.toggle('is-live', text === 'Live');
  }

  showMachine(machine_id: string): void {
    this.#picture.load(machine_id).then(() => this.#picture.highlight(this.#timeline.shown), this.#fail);
  }

  showResults(metrics: WireMetrics, profile: WireProfile): void {
    drawResults(this.#results, metrics, profile);
    this.#results.hidden = false;
  }

  draw(timeline: Timeline): void {
    this.#timeline = timeline;
    const { stops, position, shown, isFollowing } = timeline;
    const last = stops.length - 1;
    this.#state.textContent = shown ? stateLabel(shown.state as StateValue) : 'No attempt yet';
    this.#state.classList.toggle('is-empty', !shown);
    this.#allowed.replaceChildren(...allowedOf(shown));
    this.#slider.max = String(Math.max(last, 0));
    this.#slider.valueAsNumber = position;
    this.#slider.disabled = stops.length < 2;
    const place = placeOf(stops, position);
    this.#slider.setAttribute('aria-valuetext', place);
    this.#place.textContent = place;
    this.#back.disabled = position <= 0;
    this.#forth.disabled = position >= last;
    this.#toEnd.setAttribute('aria-pressed', String(isFollowing));
    this.#log.show(stops, position);
    this.#picture.highlight(shown);
  }

  #goTo(position: number): void {
    this.#timeline.goTo(position);
    this.draw(this.#timeline);
  }
}

function allowedOf(stop: Stop | undefined): HTMLElement[] {
  if (stop?.allowed_events.length === 0) return [make('li', { class: 'none' }, 'nothing any more')];
  return (stop?.allowed_events ?? []).map((type) => make('li', {}, type));
}

/** Where the slider stands, in words. */
function placeOf(stops: readonly Stop[], position: number): string {
  const stop = stops[position];
  if (!stop) return 'The first attempt that begins appears here by itself';
  if (stop.event) {
    const { sequence_number, event_type, timestamp_server } = stop.event;
    const count = stops.filter(({ event }) => event).length;
    return `After event ${sequence_number} of ${count}, ${event_type}, at ${clock(timestamp_server)}`;
  }
  return position === 0 ? 'Before the first event' : 'After the last event, moved on by the server itself';
}
