import { isInPage, randomUuid } from './browser.ts';
import type { PostedEvent } from './vocabulary.ts';

/** How long other tabs are asked, in milliseconds. */
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
  #tellOthers: (() => OtherTab) | undefined;
  #heard: (other: OtherTab) => void = () => undefined;
  /** Whether another tab had this attempt open when this one asked. */
  isOpenElsewhere = false;

  /** @param key by what this browser knows the attempt */
  constructor(key: string, onOtherTab: () => void = () => undefined) {
    this.#key = key;
    this.#onOtherTab = onOtherTab;
    this.#channel = isInPage() ? new BroadcastChannel('skill-observation') : undefined;
    this.#channel?.addEventListener('message', (event) =>
      this.#hear((event as { data: TabMessage } & typeof event).data),
    );
  }

  /** Asks whether another tab has this attempt open. @returns what it tells; undefined if there is none */
  ask(): Promise<OtherTab | undefined> {
    if (!this.#channel) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(undefined), ASK_MS);
      this.#heard = (other) => {
        clearTimeout(timer);
        resolve(other);
      };
      this.#tell({ type: 'who_is_there' });
    });
  }

  /** From now on answers other tabs that ask. */
  answer(tellOthers: () => OtherTab): void {
    this.#tellOthers = tellOthers;
  }

  close(): void {
    this.#channel?.close();
  }

  #hear(message: TabMessage): void {
    if (message.key !== this.#key || message.from === this.#me) return;
    if (message.type === 'i_am') {
      this.isOpenElsewhere = true;
      this.#heard(message);
    } else if (this.#tellOthers) {
      this.#tell({ type: 'i_am', ...this.#tellOthers() });
      this.#onOtherTab();
    }
  }

  #tell(message: { type: 'who_is_there' } | ({ type: 'i_am' } & OtherTab)): void {
    this.#channel?.postMessage({ from: this.#me, key: this.#key, ...message });
  }
}
