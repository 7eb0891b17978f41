import { ObjectId } from 'mongodb';
import { expect, test } from 'vitest';
import { schema } from '../../src/collections.ts';
import { openDatabase } from '../../src/database/connection.ts';
import { startEmbeddedEngine } from '../../src/database/embedded/engine.ts';
import type { RecordedEvent } from '../../src/events/recorded-event.ts';
import { createLog } from '../../src/log.ts';
import { journalOf } from '../support/journal.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const KILLS = 12;
const EVENTS = 20;
const attempt_id = new ObjectId().toHexString();
const settings = { name: 'durability', schema, log: createLog('silent') };

/*
 * The engine is killed right after a single acknowledgement. A load of many writes would hide the problem, because
 * each write brings earlier ones to the disk. With `w: 'majority'` the embedded engine lost the last events in more
 * than half of these rounds.
 */
test(`an engine killed ${KILLS} times right after an acknowledgement has every acknowledged event`, async () => {
  const missing: number[] = [];
  for (let round = 0; round < KILLS; round += 1) {
    const options = { directory: await temporaryFolder(), log: () => undefined };
    const engine = await startEmbeddedEngine(options);
    const database = await openDatabase({ ...settings, uri: engine.uri });
    const journal = journalOf(database);
    for (let number = 1; number <= EVENTS; number += 1) {
      expect(await journal.append(view(number))).toEqual({ outcome: 'stored' });
    }
    process.kill(engine.pid, 'SIGKILL');
    await engine.exited;
    await database.close();

    const again = await startEmbeddedEngine(options);
    const reopened = await openDatabase({ ...settings, uri: again.uri });
    const stored = await journalOf(reopened).lastNumber(attempt_id);
    if (stored < EVENTS) missing.push(EVENTS - stored);
    await reopened.close();
    await again.stop();
  }
  expect(missing).toEqual([]);
});

function view(sequence_number: number): RecordedEvent {
  return {
    event_id: new ObjectId().toHexString(),
    attempt_id,
    sequence_number,
    event_type: 'option_viewed',
    timestamp_client: new Date(),
    timestamp_server: new Date(),
    payload: { option_id: new ObjectId().toHexString(), option_code: 'A', duration_ms: 1 },
    metadata: {},
  };
}
