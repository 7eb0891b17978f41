import { pino } from 'pino';
import { expect, inject, it } from 'vitest';
import { users } from '../../src/accounts/collections.ts';
import { schema } from '../../src/collections.ts';
import { openDatabase } from '../../src/database/connection.ts';
import { atTheEnd } from '../support/at-the-end.ts';
import { DatabaseProxy } from '../support/database-proxy.ts';
import { startEngine } from '../support/engine.ts';
import { eventually } from '../support/eventually.ts';
import { note } from './summary.ts';

/** Milliseconds after which a call counts as waiting forever. */
const FOREVER_MS = 10_000;
/** Milliseconds after its last look at the server after which the driver, told of a failure, looks again at once. */
const CHECKED_AGAIN_MS = 600;

it('a database that closes every connection at once, as one that restarts does, is found again', async () => {
  const { socketPath } = await startEngine();
  const proxy = await DatabaseProxy.start(socketPath);
  atTheEnd(() => proxy.stop());
  const database = await openDatabase({
    uri: proxy.uri,
    name: 'reconnect',
    schema,
    log: pino({ level: 'silent' }),
  });
  atTheEnd(() => database.close());
  const accounts = database.collection(users);
  let checked = Date.now();
  database.db.client.on('serverHeartbeatSucceeded', () => {
    checked = Date.now();
  });
  const calls = () => Promise.allSettled([1, 2, 3].map(() => accounts.findOne({ email: 'nobody' })));
  for (let round = 0; round < 2; round++) {
    await calls();
    await eventually(() => expect(Date.now() - checked).toBeGreaterThan(CHECKED_AGAIN_MS));
    // Within one turn of the event loop, so that the driver writes to connections it does not yet know are closed.
    proxy.set('half-closed');
    note(inject('figures'), { cuts: 1 });
    const since = Date.now();
    await calls();
    expect(Date.now() - since).toBeLessThan(FOREVER_MS);
    proxy.set('pass');
    await eventually(() => database.ping(), { withinMs: FOREVER_MS });
  }
});
