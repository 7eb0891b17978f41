import { holdLock, isInPage, randomUuid } from './browser.ts';
import type { PostedEvent } from './vocabulary.ts';

/** How long another tab that has the attempt open is waited for, in milliseconds: it may be busy. */
const ANSWER_MS = 5000;
/** How long other tabs are asked where it is not known whether there are any. */
const ASK_MS = 150;

/** What a tab tells another one that comes to the same attempt. */
export interface OtherTab {
  /** Undefined if it entered the attempt with an access token. */
  redemption_id: string | undefined;
  /** Its events that the server has not acknowledged; whoever sends them first, each is stored once. */
  waiting: readonly PostedEvent[];
}

type TabMessage = { from: string; key: string } & ({ type: 'who_is_there' } | ({ type: 'i_am' } & OtherTab));

/** The other tabs of this browser that have the same attempt open. */
export class Tabs {
  readonly #me = randomUuid();
  readonly #key: string;
  readonly #channel: InstanceType<typeof BroadcastChannel> | undefined;
  readonly #onOtherTab: () => void;
  /** Resolves when no other tab has the attempt open; undefined where that cannot be known. */
  readonly #alone: Promise<void> | undefined;
  #end: () => void = () => undefined;
  #tellOthers: (() => OtherTab) | undefined;
  #isAsked = false;
  #heard: (other: OtherTab) => void = () => undefined;
  /** Whether another tab had this attempt open when this one asked. */
  isOpenElsewhere = false;

  /** @param key by what this browser knows the attempt */
  constructor(key: string, onOtherTab: () => void = () => undefined) {
    this.#key = key;
    this.#onOtherTab = onOtherTab;
    if (!isInPage()) return;
    this.#channel = new BroadcastChannel('skill-observation');
    this.#channel.addEventListener('message', (event) =>
      this.#hear((event as { data: TabMessage } & typeof event).data),
    );
    const end = new Promise<void>((resolve) => {
      this.#end = resolve;
    });
    this.#alone = holdLock(`skill-observation:${key}`, end);
  }

  /**
   * Asks whether another tab has this attempt open. @returns what it tells; undefined if there is none
   * @param isLikely there seems to be one: it is waited for even where it cannot be known
   */
  ask(isLikely = false): Promise<OtherTab | undefined> {
    if (!this.#channel) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const nobody = () => resolve(undefined);
      const timer = setTimeout(nobody, this.#alone || isLikely ? ANSWER_MS : ASK_MS);
      void this.#alone?.then(nobody);
      this.#heard = (other) => {
        clearTimeout(timer);
        resolve(other);
      };
      this.#tell({ type: 'who_is_there' });
    });
  }

  /** From now on answers other tabs that ask, and those that have asked. */
  answer(tellOthers: () => OtherTab): void {
    this.#tellOthers = tellOthers;
    if (this.#isAsked) this.#tellAll(tellOthers());
  }

  close(): void {
    this.#channel?.close();
    this.#end();
  }

  #hear(message: TabMessage): void {
    if (message.key !== this.#key || message.from === this.#me) return;
    if (message.type === 'i_am') {
      this.isOpenElsewhere = true;
      this.#heard(message);
    } else if (this.#tellOthers) this.#tellAll(this.#tellOthers());
    else this.#isAsked = true;
  }

  #tellAll(me: OtherTab): void {
    this.#tell({ type: 'i_am', ...me });
    this.#onOtherTab();
  }

  #tell(message: { type: 'who_is_there' } | ({ type: 'i_am' } & OtherTab)): void {
    this.#channel?.postMessage({ from: this.#me, key: this.#key, ...message });
  }
}
