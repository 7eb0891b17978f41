import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium } from 'playwright-core';

/** Where distributions put it; `CHROMIUM` names another place. */
const PLACES = [process.env['CHROMIUM'], '/usr/bin/chromium', '/usr/bin/chromium-browser'];

/** A headless browser that keeps to itself: nothing is updated, synchronised or reported. */
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
 * The path of a Chromium, which is installed where that can be done without asking: as root, with apt.
 * @returns undefined where there is none; in continuous integration that is an error.
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

/** Where a picture of the page goes, for a person to look at. */
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
