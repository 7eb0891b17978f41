import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

/** Where the build leaves the front end's module as one file. */
export const BUNDLE = new URL('../client/v1.js', import.meta.url);
const isCompiled = import.meta.url.endsWith('.js');

export interface ClientModule {
  text: string;
  /** Strong: the same bytes have the same tag. */
  etag: string;
}

/** The front end's module; built on the spot for a server that runs from its sources. */
export async function readClientModule(): Promise<ClientModule> {
  const text = isCompiled
    ? await readFile(BUNDLE, 'utf8')
    : await (await import('./bundle.ts')).bundleClient();
  return { text, etag: `"${createHash('sha256').update(text).digest('base64url')}"` };
}
