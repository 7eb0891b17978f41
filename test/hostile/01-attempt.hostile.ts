import { setTimeout as sleep } from 'node:timers/promises';
import { MongoClient } from 'mongodb';
import { expect, it } from 'vitest';
import { logInAsAdmin } from '../support/administrator.ts';
import { createTask } from '../support/assessment.ts';
import { atTheEnd } from '../support/at-the-end.ts';
import { admitCandidate, type Candidate } from '../support/candidate.ts';
import { startEngine } from '../support/engine.ts';
import { eventually } from '../support/eventually.ts';
import { writeCompletion, writeEvents } from '../support/overfull.ts';
import { problemOf } from '../support/problem.ts';
import { selects, starts, views } from '../support/recorded.ts';
import { HonestCandidate } from './honest-candidate.ts';
import { startHostileServer } from './hostile-server.ts';

const KIB = 1024;
/** One event's largest body, and a batch's, leave room for this much. */
const LARGE = 'x'.repeat(60 * KIB);
const IN_A_BATCH = 16;
/** The most values that a body of 64 KiB can hold. */
const MANY_VALUES = Array.from({ length: 15 * KIB }, () => ({}));
/** The bound of an attempt is some 500 events of this size. */
const SIXTEEN_KIB = 'x'.repeat(16 * KIB);
const MAX_OF_SIXTEEN_KIB = 512;
/** With 16 KiB each and what reading them takes, more than the server's heap. */
const EARLY_EVENTS = 12_000;

/** Views of an option that carry something large besides. */
function large(candidate: Candidate, more: unknown) {
  const { event_type, payload } = views(0, 'A', 1).act(candidate.task);
  return candidate.body({ event_type, payload: { ...payload, more } } as Parameters<Candidate['body']>[0]);
}

/** Posts as fast as the limits allow, with several requests at once, until the attempt is full. */
async function fill(candidate: Candidate, post: () => Promise<Response>, atOnce: number): Promise<void> {
  let isFull = false;
  const postOn = async () => {
    while (!isFull) {
      const response = await post();
      if (response.status === 429) await sleep(1000 * Number(response.headers.get('retry-after')));
      if ((await response.text()).includes('attempt_full')) isFull = true;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, postOn));
  expect(isFull, candidate.attempt_id).toBe(true);
}

const { uri } = await startEngine();
const client = await MongoClient.connect(uri);
atTheEnd(() => client.close());
const db = client.db('hostile');
const server = await startHostileServer({ MONGODB_URI: uri, MONGODB_DATABASE: 'hostile' });
const staff = await logInAsAdmin(server);
const task = await createTask(staff);
const honest = await HonestCandidate.start(server, staff);

it('candidates fill their attempts with the largest events there are', async () => {
  const admit = async () => {
    const candidate = await admitCandidate(staff, staff.as(undefined), task);
    await candidate.does(starts(0), selects(0, 'A'));
    return candidate;
  };
  const [one, two, three] = [await admit(), await admit(), await admit()];
  await honest.isUndisturbedBy(async () => {
    const batch = () => ({ events: Array.from({ length: IN_A_BATCH }, () => large(three, LARGE)) });
    await Promise.all([
      fill(one, () => one.api.send('POST', '/events', large(one, SIXTEEN_KIB)), 4),
      fill(two, () => two.api.send('POST', '/events', large(two, MANY_VALUES)), 1),
      fill(three, () => three.api.send('POST', '/events/batch', batch()), 2),
    ]);
    expect((await one.get()).sequence_number).toBeLessThan(MAX_OF_SIXTEEN_KIB);
    for (const candidate of [one, two, three]) {
      await candidate.api.call('POST', `/attempts/${candidate.attempt_id}/complete`, {});
      await candidate.results('skills');
    }
  });
});

it('an attempt has 12 000 events of 16 KiB from before there was a bound', async () => {
  const open = await admitCandidate(staff, staff.as(undefined), task);
  await open.does(starts(0), selects(0, 'A'));
  await writeEvents(db, open, { count: EARLY_EVENTS, text: SIXTEEN_KIB });

  // Whatever one does with it, it is read as a stream.
  await honest.isUndisturbedBy(async () => {
    const path = `/attempts/${open.attempt_id}`;
    // On a busy machine this takes longer than a call may be silent.
    await eventually(async () =>
      expect(await staff.call('GET', path)).toMatchObject({ sequence_number: EARLY_EVENTS + 2 }),
    );
    expect(await problemOf(await open.post(views(0, 'A', 1)))).toMatchObject({ code: 'attempt_full' });
    for (const list of ['events', 'states']) {
      const page = await staff.call<{ next_after: number }>('GET', `${path}/${list}?after=2000&limit=1000`);
      expect(page.next_after).toBeLessThan(2100);
    }
  });

  // The server starts again, finds two completions, and says once that one of them has no results.
  const other = await admitCandidate(staff, staff.as(undefined), task);
  await other.does(starts(0), selects(0, 'A'));
  await writeCompletion(db, open);
  await writeCompletion(db, other);
  await server.kill();
  await server.start();
  const staffAgain = await logInAsAdmin(server);
  const honestAgain = await honest.startAgain(staffAgain);
  await honestAgain.isUndisturbedBy(async () => {
    await other.at(server).results('skills');
    await eventually(async () => {
      const answer = await staffAgain.send('GET', `/attempts/${open.attempt_id}/metrics`);
      expect(await problemOf(answer)).toMatchObject({ status: 409, code: 'attempt_too_large' });
    });
  });
  expect(server.output.split('so large that its results cannot be computed')).toHaveLength(2);
  expect(server.output.split('more than fits into one')).toHaveLength(2);
});
