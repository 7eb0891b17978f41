import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MongoClient, ObjectId } from 'mongodb';
import { durabilityOf } from '../../src/database/durability.ts';
import { GroupedInserts } from '../../src/database/grouped-writes.ts';
import { behaviorEvents } from '../../src/journal/collection.ts';

/**
 * The lower bound for the cost of a durable event: node:http, `JSON.parse`, the same grouped insert into the same kind
 * of collection on the same engine, an answer. No authentication, no validation, no state. With `FLOOR_BARE` the
 * collection has no indexes and no validator either.
 */
const { MONGODB_URI = '', MONGODB_DATABASE, FLOOR_BARE } = process.env;
const client = new MongoClient(MONGODB_URI, { maxPoolSize: 20 });
const db = client.db(MONGODB_DATABASE);
const name = FLOOR_BARE ? 'floor_bare' : 'floor_events';
if (!FLOOR_BARE && (await db.listCollections({ name }).toArray()).length === 0) {
  await db.createCollection(name, { validator: { $jsonSchema: behaviorEvents.schema } });
  await db.collection(name).createIndexes([...behaviorEvents.indexes]);
}
const writer = new GroupedInserts(db.collection(name, await durabilityOf(db)));
const counters = new Map<string, number>();

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', async () => {
    const { attempt_id, timestamp_client, ...rest } = JSON.parse(Buffer.concat(chunks).toString());
    // A counter instead of state, so that the unique index has as much work as the journal's.
    const sequence_number = (counters.get(attempt_id) ?? 0) + 1;
    counters.set(attempt_id, sequence_number);
    const _id = new ObjectId();
    const timestamp_server = new Date();
    await writer.insert({
      _id,
      attempt_id: new ObjectId(attempt_id as string),
      sequence_number,
      ...rest,
      timestamp_client: new Date(timestamp_client),
      timestamp_server,
    });
    const body = JSON.stringify({ event_id: _id, sequence_number, timestamp_server, acknowledged: true });
    response.writeHead(201, {
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(body),
    });
    response.end(body);
  });
});
server.listen(0, '127.0.0.1', () => {
  console.log(`Listening on http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
process.on('SIGTERM', () => process.exit(0));
