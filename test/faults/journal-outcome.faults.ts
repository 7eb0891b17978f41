import { randomUUID } from 'node:crypto';
import { ObjectId } from 'mongodb';
import { expect, it } from 'vitest';
import { schema } from '../../src/collections.ts';
import { openDatabase } from '../../src/database/connection.ts';
import type { RecordedEvent } from '../../src/events/recorded-event.ts';
import { createLog } from '../../src/log.ts';
import { atTheEnd } from '../support/at-the-end.ts';
import { DatabaseProxy, isCommand } from '../support/database-proxy.ts';
import { startEngine } from '../support/engine.ts';
import { eventually } from '../support/eventually.ts';
import { journalOf } from '../support/journal.ts';

const { socketPath } = await startEngine();
const proxy = await DatabaseProxy.start(socketPath);
atTheEnd(() => proxy.stop());
const database = await openDatabase({
  uri: proxy.uri,
  name: 'outcomes',
  schema,
  log: createLog('silent'),
});
atTheEnd(() => database.close());
const journal = journalOf(database);

const attempt_id = new ObjectId().toHexString();
const event = (sequence_number: number): RecordedEvent => ({
  event_id: new ObjectId().toHexString(),
  attempt_id,
  sequence_number,
  event_type: 'task_started',
  payload: {},
  metadata: {},
  timestamp_client: new Date(),
  timestamp_server: new Date(),
  client_event_id: randomUUID(),
});

it.each([
  ['cut', 1],
  ['deaf', 2],
] as const)('an append that meets a %s connection is not said to be stored', async (mode, number) => {
  await journal.append(event(number * 10));
  proxy.deafenOn = (request) => {
    if (!isCommand('insert', 'behavior_events')(request)) return false;
    if (mode === 'cut') setImmediate(() => proxy.set('cut'));
    return true;
  };
  await expect(journal.append(event(number * 10 + 1))).rejects.toMatchObject({
    code: 'database_unavailable',
  });
  proxy.set('pass');
  await eventually(() => expect(database.availability.isAway).toBe(false));
});
