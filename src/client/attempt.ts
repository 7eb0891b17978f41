import { onPageChange, openSocket, type Socket } from './browser.ts';
import type { Connection } from './connection.ts';
import { type Access, erase, type Kept, lastKept, write } from './keeping.ts';
import { Live } from './live.ts';
import { keyOf, type Opened, open, type WayIn } from './opening.ts';
import { Outbox } from './outbox.ts';
import { Progress } from './progress.ts';
import { type Metadata, Recorder } from './recorder.ts';
import type { Refused } from './requests.ts';
import type { Tabs } from './tabs.ts';
import type {
  Acknowledgement,
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
  metadata?: Metadata;
  /** For Node 20, which has none: that of the package `ws`. */
  WebSocket?: new (
    address: string,
  ) => Socket;
}

/**
 * One candidate's attempt. Events get their time when they happen, are sent at once and in their order, and wait here
 * for as long as the server cannot be reached. None is dropped without a word.
 */
export class Attempt extends Recorder {
  readonly attempt_id: string;
  readonly task: Task;
  readonly #kept: Kept;
  readonly #options: AttemptOptions;
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
  static redeem(url: string, token: string, options?: AttemptOptions): Promise<Attempt> {
    return Attempt.#open(url, { token }, options);
  }

  /**
   * Goes on with an attempt that was begun elsewhere, for a candidate who lost the way back to it.
   * @param access what the recruiter got from `POST /attempts/{id}/access`
   * @throws Refused if it is of no use: `not_authenticated` if there is a newer one
   */
  static enter(url: string, access: Access, options?: AttemptOptions): Promise<Attempt> {
    const { attempt_id, access_token } = access;
    return Attempt.#open(url, { attempt_id, access_token }, options);
  }

  /** Goes on with the attempt that this tab had open. @returns undefined if there was none @throws Refused */
  static async resume(options?: AttemptOptions): Promise<Attempt | undefined> {
    const kept = lastKept();
    return kept && Attempt.#open(kept.url, kept.redemption ?? (kept as Access), options);
  }

  static #open(url: string, way: WayIn, options: AttemptOptions = {}): Promise<Attempt> {
    const key = keyOf(way);
    const known = opened.get(key);
    if (known) return known;
    const attempt = open(url.replace(/\/+$/, ''), way, options.onOtherTab).then(
      (found) => new Attempt(found, options),
    );
    opened.set(key, attempt);
    attempt.catch(() => opened.delete(key));
    return attempt;
  }

  private constructor({ kept, task, tabs, clock, connection, answer }: Opened, options: AttemptOptions) {
    const progress = new Progress(task, {
      isStarted: answer.sequence_number > 0,
      selection: answer.current_selection ?? undefined,
      reasoningText: answer.reasoning_text ?? undefined,
    });
    super(progress, clock, options.metadata);
    this.attempt_id = answer.attempt_id;
    this.task = task;
    this.#kept = kept;
    this.#tabs = tabs;
    this.#options = options;
    this.#connection = connection;
    this.#standing = answer;
    this.#progress = progress;
    for (const event of kept.waiting) progress.follow(event);
    clock.goesOnFrom(kept.waiting.at(-1)?.timestamp_client);
    this.#outbox = new Outbox(
      {
        connection,
        keep: (waiting) => this.#keepWaiting(waiting),
        acknowledge: (event) => progress.acknowledge(event),
        refuse: (event, refused) => this.#hearRefusal(event, refused),
      },
      kept.waiting,
    );
    onPageChange(
      () => this.#outbox.hurry(),
      () => this.#tryNow(),
    );
  }

  /** By the last thing the server said. */
  get state(): Standing {
    return this.#standing;
  }

  /** Whether `taskStarted` was recorded, here or before a reload, whether or not the server knows it already. */
  get isStarted(): boolean {
    return this.#progress.now.isStarted;
  }

  /** The option that is selected now, whether or not the server knows it already. */
  get selection(): OptionReference | undefined {
    return this.#progress.now.selection;
  }

  /** The last submitted reasoning. */
  get reasoningText(): string | undefined {
    return this.#progress.now.reasoningText;
  }

  /** How many events the server has not acknowledged. */
  get pending(): number {
    return this.#outbox.waiting.length;
  }

  /** Whether another tab had this attempt open when this one came. */
  get isOpenElsewhere(): boolean {
    return this.#tabs.isOpenElsewhere;
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
    return this.#connection.readAttempt(`/${of}`);
  }

  /** Forgets the attempt in this tab and ends its live channels. A reload loses what waits: `flush` first. */
  forget(): void {
    for (const live of this.#live) live.close();
    this.#tabs.close();
    erase(this.#kept);
    opened.delete(this.#kept.key);
  }

  protected override send(event: PostedEvent): Promise<Acknowledgement> {
    this.#progress.follow(event);
    return this.#outbox.add(event);
  }

  #keepWaiting(waiting: readonly PostedEvent[]): void {
    this.#kept.waiting = [...waiting];
    write(this.#kept);
    this.#options.onChange?.(this);
  }

  #hearRefusal(event: PostedEvent, refused: Refused): void {
    this.#progress.takeBack(this.#outbox.waiting);
    const { state, allowed_events } = refused.problem as Partial<Standing>;
    this.#hearStanding(
      state && allowed_events ? { ...this.#standing, state, allowed_events } : this.#standing,
    );
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

/** The attempts that this page has opened, by their keys: a page may ask twice for the same one. */
const opened = new Map<string, Promise<Attempt>>();
