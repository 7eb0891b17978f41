import { Api, LogInNeeded, Refused } from './api.ts';
import { AttemptPicker } from './attempt-picker.ts';
import { find } from './dom.ts';
import { hideLogIn, showLogIn } from './log-in.ts';
import { Screen } from './screen.ts';
import { Watch } from './watch.ts';

/** Milliseconds between two looks at which attempts there are. */
const REFRESH_MS = 2000;
/** The machine whose picture stands there until an attempt has been chosen: that of new attempts. */
const FIRST_MACHINE = 'attempt-v1';

const api = new Api();
const follow = find('follow', HTMLInputElement);
const logOut = find('log-out', HTMLButtonElement);
const screen = new Screen(api, { fail });
const picker = new AttemptPicker(find('attempt', HTMLSelectElement), api, (attempt_id) => {
  follow.checked = false;
  open(attempt_id);
});
let watch: Watch | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Shows an attempt instead of the one before. */
function open(attempt_id: string): void {
  if (attempt_id === watch?.attempt_id) return;
  watch?.close();
  const opened: Watch = new Watch(attempt_id, api, {
    changed: () => screen.draw(opened.timeline),
    machine: (machine_id) => screen.showMachine(machine_id),
    results: (metrics, profile) => screen.showResults(metrics, profile),
    status: (text) => screen.status(text),
    failed: fail,
  });
  watch = opened;
  history.replaceState(null, '', `#${attempt_id}`);
  screen.begin(opened.timeline);
}

/** Keeps the list of attempts up to date and, if wanted, moves on to the newest. */
async function refresh(): Promise<void> {
  clearTimeout(timer);
  try {
    const newest = document.hidden ? undefined : await picker.refresh(watch?.attempt_id);
    if (newest && follow.checked && newest !== watch?.attempt_id) {
      open(newest);
      await picker.refresh(newest);
    }
    if (!watch) screen.status('Waiting for a first attempt');
  } catch (error) {
    fail(error);
    if (error instanceof LogInNeeded) return;
  }
  clearTimeout(timer);
  timer = setTimeout(run(refresh), REFRESH_MS);
}

async function begin(): Promise<void> {
  try {
    takeKey();
    // Asks for the token, so that whoever has none sees the log-in and nothing else.
    await api.token();
    hideLogIn();
    logOut.hidden = !api.isLoggedIn;
    screen.enter();
    screen.showMachine(FIRST_MACHINE);
    openNamed();
    await refresh();
  } catch (error) {
    fail(error);
  }
}

/**
 * Takes the key from the link that the server printed, `/machines#key=…`, and off the address, which people copy and
 * browsers remember. @returns whether there was one
 */
function takeKey(): boolean {
  const key = /^#key=([\w-]+)$/.exec(location.hash)?.[1];
  if (!key) return false;
  history.replaceState(null, '', location.pathname + location.search);
  api.useKey(key);
  return true;
}

/** `/machines#` and an id opens that attempt. */
function openNamed(): void {
  const named = /^#([0-9a-f]{24})$/.exec(location.hash)?.[1];
  if (!named || named === watch?.attempt_id) return;
  follow.checked = false;
  open(named);
}

function fail(error: unknown): void {
  if (error instanceof LogInNeeded) leave();
  else if (error instanceof Refused) screen.status(error.message);
  // A request that gets no answer at all is a TypeError (Fetch standard); the next one may.
  else if (error instanceof TypeError) screen.status('The server cannot be reached');
  else throw error;
}

/** Back to the log-in, with nothing left on the screen of what only staff may see. */
function leave(): void {
  clearTimeout(timer);
  watch?.close();
  watch = undefined;
  screen.leave();
  logOut.hidden = true;
  showLogIn(api, run(begin));
}

const run = (work: () => Promise<void>) => () => void work().catch(fail);

follow.addEventListener('change', run(refresh));
addEventListener('hashchange', () => {
  if (takeKey()) run(begin)();
  else openNamed();
});
document.addEventListener('visibilitychange', run(refresh));
logOut.addEventListener(
  'click',
  run(async () => {
    leave();
    await api.logOut();
  }),
);
run(begin)();
