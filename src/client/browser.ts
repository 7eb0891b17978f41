/*
 * What this module uses of a browser, each part of which may be missing: in Node there is no page, and some browsers
 * keep a page away from its storage.
 */

/** The part of a browser's WebSocket that is used. */
export interface Socket {
  readonly readyState: number;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
  send(text: string): void;
  close(): void;
}

interface Page {
  readonly visibilityState: string;
  addEventListener(type: 'visibilitychange', listener: () => void): void;
}

interface TabStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

interface Locks {
  request(name: string, hold: () => Promise<void>): Promise<void>;
}

const browser = globalThis as {
  document?: Page;
  sessionStorage?: TabStorage;
  navigator?: { locks?: Locks };
  WebSocket?: new (address: string) => Socket;
  addEventListener?: (type: 'online' | 'pageshow', listener: () => void) => void;
};

/** Opens a socket. @throws Error where there are none: Node 20 needs the one of the package `ws` */
export function openSocket(address: string, Sockets = browser.WebSocket): Socket {
  if (!Sockets) throw new Error('There is no WebSocket here: give one as the option WebSocket.');
  return new Sockets(address);
}

/** Calls `leave` when the page may be about to go away, and `comeBack` when it is shown or online again. */
export function onPageChange(leave: () => void, comeBack: () => void): void {
  const { document } = browser;
  if (!document) return;
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') leave();
    else comeBack();
  });
  browser.addEventListener?.('pageshow', comeBack);
  browser.addEventListener?.('online', comeBack);
}

/** Whether there are other tabs that could be asked. */
export const isInPage = (): boolean => browser.document !== undefined;

/**
 * Holds a lock of this name from when no other tab holds it until `end`; the browser frees it with the tab, too.
 * @returns resolves once it is held; undefined where there are no locks, as on pages that are not served by HTTPS
 */
export function holdLock(name: string, end: Promise<void>): Promise<void> | undefined {
  const locks = browser.navigator?.locks;
  if (!locks) return undefined;
  return new Promise((resolve) => {
    const hold = () => {
      resolve();
      return end;
    };
    // Where they are forbidden, no other tab holds one either.
    locks.request(name, hold).catch(resolve);
  });
}

const inMemory = new Map<string, string>();

/** The value that this tab keeps under a key; null if there is none. */
export function readKept(key: string): string | null {
  try {
    return inMemory.get(key) ?? browser.sessionStorage?.getItem(key) ?? null;
  } catch {
    return null;
  }
}

/**
 * Keeps a value for as long as the tab lives: not longer, because the next person at a shared computer must not find it.
 * Where the storage is full or forbidden it lives only as long as the page.
 */
export function keep(key: string, value: string): void {
  inMemory.set(key, value);
  try {
    if (!browser.sessionStorage) return;
    browser.sessionStorage.setItem(key, value);
    inMemory.delete(key);
  } catch {
    // It stays in memory.
  }
}

/** Forgets what is kept under a key. */
export function forget(key: string): void {
  inMemory.delete(key);
  try {
    browser.sessionStorage?.removeItem(key);
  } catch {
    // Nothing is kept there, then.
  }
}

/** A random UUID, version 4. `crypto.randomUUID` is missing on pages that are not served by HTTPS. */
export function randomUuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
