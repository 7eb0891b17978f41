import type { StateValue } from 'xstate';
import type { Api } from './api.ts';
import { activePaths } from './state-value.ts';
import type { Stop } from './timeline.ts';

/** The machine's picture in its scrolling box, with what is active in it. */
export class Picture {
  readonly #box: HTMLElement;
  readonly #api: Api;
  #machine_id: string | undefined;
  #svg: SVGElement | undefined;

  constructor(box: HTMLElement, api: Api) {
    this.#box = box;
    // What scrolls must be reachable without a mouse.
    box.tabIndex = 0;
    this.#api = api;
  }

  /** Shows the picture of this machine, which is fetched once. */
  async load(machine_id: string): Promise<void> {
    if (machine_id === this.#machine_id) return;
    this.#machine_id = machine_id;
    const text = await this.#api.text(`machines/pictures/${encodeURIComponent(machine_id)}`);
    const { documentElement } = new DOMParser().parseFromString(text, 'image/svg+xml');
    const svg = document.importNode(documentElement, true);
    if (!(svg instanceof SVGElement)) throw new Error('The picture is no SVG.');
    this.#svg = svg;
    this.#box.replaceChildren(svg);
  }

  /** Highlights what is active and what was taken last, and brings it into view; undefined clears both. */
  highlight(stop: Stop | undefined): void {
    const active = stop ? activePaths(stop.state as StateValue) : [];
    for (const state of this.#all('g.state')) {
      state.classList.toggle('is-active', active.includes(state.dataset['state'] ?? ''));
    }
    for (const drawn of this.#all('g.edge, g.label')) {
      const { source, target } = drawn.dataset;
      const isTaken = stop?.taken.some((arrow) => arrow.source === source && arrow.target === target);
      drawn.classList.toggle('is-taken', isTaken ?? false);
    }
    if (stop) this.reveal();
  }

  /** Scrolls the box, and nothing but the box, to what is active, unless all of that is in view. */
  reveal(): void {
    const places = this.#all('.is-active:is(.atomic, .final)').map((state) => state.getBoundingClientRect());
    if (places.length === 0) return;
    const box = this.#box.getBoundingClientRect();
    const [left, top] = [Math.min(...places.map((p) => p.left)), Math.min(...places.map((p) => p.top))];
    const [right, bottom] = [
      Math.max(...places.map((p) => p.right)),
      Math.max(...places.map((p) => p.bottom)),
    ];
    if (left >= box.left && right <= box.right && top >= box.top && bottom <= box.bottom) return;
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    this.#box.scrollBy({
      left: (left + right - box.left - box.right) / 2,
      top: (top + bottom - box.top - box.bottom) / 2,
      behavior: calm ? 'auto' : 'smooth',
    });
  }

  #all(selector: string): SVGElement[] {
    return [...(this.#svg?.querySelectorAll<SVGElement>(selector) ?? [])];
  }
}
