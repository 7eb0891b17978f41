import { onPageChange, openSocket, randomUuid } from './browser.ts';
import type { Clock } from './clock.ts';
import type { Connection } from './connection.ts';
import { erase, type Kept, lastKept, write } from './keeping.ts';
import { Live, type Socket } from './live.ts';
import { type Opened, open } from './opening.ts';
import { Outbox } from './outbox.ts';
import { type OptionOrCode, Progress, wordsIn } from './progress.ts';
import type { Refused } from './requests.ts';
import type { Tabs } from './tabs.ts';
import type {
  Acknowledgement,
  EventPayloads,
  EventType,
  LiveMessage,
  OptionReference,
  PostedEvent,
  Standing,
  Task,
} from './vocabulary.ts';

export interface AttemptOptions {
  /** Told of each event that the server refuses. Without it, refusals are written to the console. */
  onRefused?(event: PostedEvent, refused: Refused): void;
  /** Told when the state, the selection or the number of waiting events changes. */
  onChange?(attempt: Attempt): void;
  /** Told when another tab of this browser opens this attempt after this one. */
  onOtherTab?(): void;
  /** Kept with each event. */
  metadata?: Record<string, unknown>;
  /** For Node 20, which has none: that of the package `ws`. */
  WebSocket?: new (
    address: string,
  ) => Socket;
}

/**
 * One candidate's attempt. Events get their time when they happen, are sent at once and in their order, and wait here
 * for as long as the server cannot be reached. None is dropped without a word.
 */
export class Attempt {
  readonly #kept: Kept;
  readonly #options: AttemptOptions;
  readonly #clock: Clock;
  readonly #connection: Connection;
  readonly #outbox: Outbox;
  readonly #tabs: Tabs;
  readonly #progress: Progress;
  readonly #live = new Set<Live>();
  #standing: Standing;

  /**
   * Begins an attempt, or goes on with the one that this browser began with the same token: after a reload, a lost
   * answer, or in a second tab. While the server cannot be reached, it keeps trying.
   * @param url the server's address, for example `https://observe.example.com`
   * @param token the one-time token of the candidate's link
   * @throws Refused if the token is of no use: `token_used`, `token_expired`, `attempt_locked` …
   */
  static redeem(url: string, token: string, options: AttemptOptions = {}): Promise<Attempt> {
    const known = opened.get(token);
    if (known) return known;
    const attempt = open(url.replace(/\/+$/, ''), token, options.onOtherTab).then(
      (found) => new Attempt(found, options),
    );
    opened.set(token, attempt);
    attempt.catch(() => opened.delete(token));
    return attempt;
  }

  /** Goes on with the attempt that this tab had open. @returns undefined if there was none @throws Refused */
  static async resume(options: AttemptOptions = {}): Promise<Attempt | undefined> {
    const kept = lastKept();
    return kept && Attempt.redeem(kept.url, kept.token, options);
  }

  private constructor({ kept, tabs, clock, connection, answer }: Opened, options: AttemptOptions) {
    this.#kept = kept;
    this.#tabs = tabs;
    this.#options = options;
    this.#clock = clock;
    this.#connection = connection;
    this.#standing = answer;
    this.#progress = new Progress(this.task, answer.current_selection, answer.reasoning_text);
    for (const event of kept.waiting) this.#progress.follow(event);
    clock.goesOnFrom(kept.waiting.at(-1)?.timestamp_client);
    const keep = (waiting: readonly PostedEvent[]) => this.#keepWaiting(waiting);
    const refuse = (event: PostedEvent, refused: Refused) => this.#hearRefusal(event, refused);
    this.#outbox = new Outbox({ connection, keep, refuse }, kept.waiting);
    onPageChange(
      () => this.#outbox.hurry(),
      () => this.#tryNow(),
    );
  }

  get attempt_id(): string {
    return this.#kept.attempt_id as string;
  }

  get task(): Task {
    return this.#kept.task as Task;
  }

  /** By the last thing the server said. */
  get state(): Standing {
    return this.#standing;
  }

  /** The option that is selected now, whether or not the server knows it already. */
  get selection(): OptionReference | undefined {
    return this.#progress.selection;
  }

  /** The last submitted reasoning. */
  get reasoningText(): string | undefined {
    return this.#progress.reasoningText;
  }

  /** How many events the server has not acknowledged. */
  get pending(): number {
    return this.#outbox.waiting.length;
  }

  /** Whether another tab had this attempt open when this one came. */
  get isOpenElsewhere(): boolean {
    return this.#tabs.isOpenElsewhere;
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

  /**
   * Records any event. @param payload may have keys of your own; they are kept as observed
   * @throws Refused once the server refuses the event
   */
  record<T extends EventType>(event_type: T, payload: EventPayloads[T]): Promise<Acknowledgement> {
    const { metadata } = this.#options;
    const event = {
      attempt_id: this.attempt_id,
      event_type,
      timestamp_client: this.#clock.now(),
      payload,
      ...(metadata && { metadata }),
      client_event_id: randomUuid(),
    } as PostedEvent;
    this.#progress.follow(event);
    return this.#outbox.add(event);
  }

  /** Resolves when everything is acknowledged or refused. */
  async flush(): Promise<void> {
    this.#outbox.tryNow();
    await this.#outbox.empty();
  }

  /** Opens the live channel, which comes back by itself. @param since number of the last event not to be told */
  live(
    onMessage: (message: LiveMessage) => void = () => undefined,
    since = this.#standing.sequence_number,
  ): Live {
    const live = new Live(
      {
        connect: (address) => openSocket(address, this.#options.WebSocket),
        connection: this.#connection,
        onMessage: (message) => {
          if (message.type === 'attempt_state') this.#hearStanding(message.data);
          onMessage(message);
        },
      },
      since,
    );
    this.#live.add(live);
    return live;
  }

  /** Reads the results of the completed attempt. @throws Refused `attempt_not_completed` before its completion */
  results(of: 'metrics' | 'skills'): Promise<Record<string, unknown>> {
    return this.#connection.read(`/${of}`);
  }

  /** Forgets the attempt in this tab and ends its live channels. What waits is lost: `flush` first. */
  forget(): void {
    for (const live of this.#live) live.close();
    this.#tabs.close();
    erase(this.#kept);
    opened.delete(this.#kept.token);
  }

  #keepWaiting(waiting: readonly PostedEvent[]): void {
    this.#kept.waiting = [...waiting];
    write(this.#kept);
    this.#options.onChange?.(this);
  }

  #hearRefusal(event: PostedEvent, refused: Refused): void {
    const { state, allowed_events } = refused.problem as Partial<Standing>;
    if (state && allowed_events) this.#hearStanding({ ...this.#standing, state, allowed_events });
    if (this.#options.onRefused) this.#options.onRefused(event, refused);
    else console.error(`The server refused ${event.event_type} (${refused.code}): ${refused.message}`);
  }

  #hearStanding(standing: Standing): void {
    this.#standing = standing;
    this.#options.onChange?.(this);
  }

  #tryNow(): void {
    this.#outbox.tryNow();
    for (const live of this.#live) live.tryNow();
  }
}

/** The attempts that this page has opened, by their tokens: a page may ask twice for the same one. */
const opened = new Map<string, Promise<Attempt>>();
