import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium } from 'playwright-core';

/** Where distributions install it; set `CHROMIUM` to use another place. */
const PLACES = [process.env['CHROMIUM'], '/usr/bin/chromium', '/usr/bin/chromium-browser'];

/** A headless browser without background traffic: nothing is updated, synchronised or reported. */
const ARGUMENTS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const HELP =
  'No Chromium here: install it (on Debian "apt-get install chromium") or set CHROMIUM to its path.';

/**
 * The path of a Chromium. It is installed with apt if this process runs as root.
 * @returns undefined if there is none; in continuous integration that is an error.
 */
export function findChromium(): string | undefined {
  const found = lookFor() ?? (install() ? lookFor() : undefined);
  if (found) return found;
  if (process.env['CI']) throw new Error(HELP);
  console.warn(`${HELP} The tests in a browser are skipped.`);
  return undefined;
}

export function launchChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: ARGUMENTS });
}

/** The file for a picture of the page, for a person to look at. */
export function outputFile(name: string): string {
  const folder = fileURLToPath(new URL('../output/', import.meta.url));
  mkdirSync(folder, { recursive: true });
  return folder + name;
}

const lookFor = (): string | undefined => PLACES.find((place) => place && existsSync(place));

function install(): boolean {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return false;
  console.log('No Chromium here; installing Debian’s with apt-get.');
  const packages = ['chromium', 'fonts-dejavu-core'];
  try {
    execFileSync('apt-get', ['update'], { stdio: 'ignore' });
    execFileSync('apt-get', ['install', '-y', '--no-install-recommends', ...packages], { stdio: 'ignore' });
    return true;
  } catch (error) {
    console.warn(`apt-get failed: ${(error as Error).message}`);
    return false;
  }
}
