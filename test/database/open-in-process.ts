import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { atTheEnd } from '../support/at-the-end.ts';

const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const script = fileURLToPath(new URL('opener.ts', import.meta.url));

export interface Opening {
  /** Its output and exit code, once it has ended. */
  ended: Promise<{ said: string; code: number | null }>;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
}

/** Opens the database in a process of its own, as the next release does. */
export function openInProcess(uri: string, name: string): Opening {
  const child: ChildProcess = spawn(process.execPath, ['--import', tsx, script, uri, name, 'next'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  atTheEnd(() => child.kill('SIGKILL'));
  let said = '';
  child.stdout?.on('data', (text: Buffer) => {
    said += text;
  });
  const ended = once(child, 'close').then(([code]) => ({ said: said.trim(), code: code as number | null }));
  const kill = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  return { ended, kill };
}
