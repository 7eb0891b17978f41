import { randomUuid } from './browser.ts';
import type { Clock } from './clock.ts';
import { type OptionOrCode, type Progress, wordsIn } from './progress.ts';
import type { Acknowledgement, EventPayloads, EventType, PostedEvent } from './vocabulary.ts';

/** Kept with every event, as observed. */
export type Metadata = NonNullable<PostedEvent['metadata']>;

/**
 * Records what a candidate does: one method for each event type. Every event gets its id and its time at the moment of
 * the call. Each promise resolves with the acknowledgement and rejects with `Refused` if the server refuses the event.
 */
export abstract class Recorder {
  abstract readonly attempt_id: string;
  readonly #progress: Progress;
  readonly #clock: Clock;
  readonly #metadata: Metadata | undefined;

  protected constructor(progress: Progress, clock: Clock, metadata: Metadata | undefined) {
    this.#progress = progress;
    this.#clock = clock;
    this.#metadata = metadata;
  }

  taskStarted(): Promise<Acknowledgement> {
    return this.record('task_started', {});
  }

  /** @param durationMs how long the option was viewed */
  optionViewed(option: OptionOrCode, durationMs: number): Promise<Acknowledgement> {
    return this.record('option_viewed', { ...this.#progress.option(option), duration_ms: durationMs });
  }

  optionSelected(option: OptionOrCode): Promise<Acknowledgement> {
    return this.record('option_selected', this.#progress.option(option));
  }

  /** The candidate changes from the current selection to another option. @throws Error if nothing is selected */
  optionChanged(to: OptionOrCode): Promise<Acknowledgement> {
    const from = this.#progress.selected();
    const { option_id, option_code } = this.#progress.option(to);
    return this.record('option_changed', {
      from_option_id: from.option_id,
      from_code: from.option_code,
      to_option_id: option_id,
      to_code: option_code,
    });
  }

  reasoningStarted(): Promise<Acknowledgement> {
    return this.record('reasoning_started', {});
  }

  /** @param text as far as it is written; only its length and number of words are sent */
  reasoningUpdated(text: string): Promise<Acknowledgement> {
    return this.record('reasoning_updated', { text_length: [...text].length, word_count: wordsIn(text) });
  }

  reasoningSubmitted(text: string): Promise<Acknowledgement> {
    return this.record('reasoning_submitted', { text, word_count: wordsIn(text) });
  }

  taskAbandoned(): Promise<Acknowledgement> {
    return this.record('task_abandoned', {});
  }

  /** Completes the attempt with the current selection, after everything that waits. @throws Error without one */
  complete(): Promise<Acknowledgement> {
    const { option_id, option_code } = this.#progress.selected();
    return this.record('task_completed', { final_option_id: option_id, final_option_code: option_code });
  }

  /** Records any event. @param payload may have keys of your own; they are kept as observed */
  record<T extends EventType>(event_type: T, payload: EventPayloads[T]): Promise<Acknowledgement> {
    const event = {
      attempt_id: this.attempt_id,
      event_type,
      timestamp_client: this.#clock.now(),
      payload,
      // JSON leaves it out where there is none.
      metadata: this.#metadata,
      client_event_id: randomUuid(),
    } as PostedEvent;
    return this.send(event);
  }

  protected abstract send(event: PostedEvent): Promise<Acknowledgement>;
}
