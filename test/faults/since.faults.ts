import { expect, it } from 'vitest';
import { logInAsAdmin } from '../support/administrator.ts';
import { eventually } from '../support/eventually.ts';
import { startServerProcess } from '../support/server-process.ts';
import { Load } from './load.ts';
import { admitCandidates, type PersistentCandidate } from './persistent-candidate.ts';
import { Random, SEED } from './random.ts';
import { ReturningWatcher } from './returning-watcher.ts';
import { expectAllTold, expectNothingLost } from './verify.ts';

const random = new Random(SEED);
const server = await startServerProcess();

it('no gap and no repeat for who loses the connection again and again while events are recorded', async () => {
  const candidates = await admitCandidates(server, 6);
  const watchers = candidates.flatMap((each) =>
    Array.from({ length: 4 }, () => new ReturningWatcher(each).connect(server)),
  );
  const load = new Load(candidates, [server]);
  const drops = setInterval(() => random.pick(watchers).drop(), 15);
  await load.progress(1200);
  clearInterval(drops);
  await load.stop();
  expect(load.outcomes).toEqual([]);
  await expectAllTold(watchers, await expectNothingLost(await logInAsAdmin(server), candidates));
  expect(watchers.some(({ closes }) => closes.length > 0)).toBe(true);
  for (const watcher of watchers) watcher.disconnect();
});

it('messages that cannot be understood are answered, and nothing is missed after them', async () => {
  const [candidate] = (await admitCandidates(server, 1)) as [PersistentCandidate];
  const watcher = new ReturningWatcher(candidate).connect(server);
  await eventually(() => expect(watcher.isOpen).toBe(true));
  const strange = ['', 'x', '{}', '[]', 'null', '{"type":"shout"}', '{"type":"ping"}', 'x'.repeat(100_000)];
  for (const message of strange) watcher.send(message);
  const answers = () => watcher.others.filter(({ type }) => type === 'error' || type === 'pong');
  await eventually(() => expect(answers().length).toBe(strange.length));
  expect(answers().map(({ type, data }) => (type === 'pong' ? 'pong' : data['code']))).toEqual([
    ...['message_not_understood', 'message_not_understood', 'unknown_type', 'unknown_type'],
    ...['message_not_understood', 'unknown_type', 'pong', 'message_too_large'],
  ]);
  expect((await candidate.send(server, candidate.next(random))).kind).toBe('acknowledged');
  await eventually(() => expect(watcher.last).toBe(1));
  expect(watcher.closes).toEqual([]);
  watcher.disconnect();
});
