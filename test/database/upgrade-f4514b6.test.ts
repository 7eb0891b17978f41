import { expect, it } from 'vitest';
import { schema } from '../../src/collections.ts';
import { databaseName } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { startTestServer } from '../support/server.ts';
import { connectTo, facts, restoreDump, shapeOf, storedEvents } from './dump.ts';

const name = databaseName();
const db = connectTo(name);
await restoreDump(db);
const before = await storedEvents(db);
const server = await startTestServer({ MONGODB_DATABASE: name, JWT_SECRET: facts.jwt_secret });
const candidate = server.api.as(facts.open.access_token);

const attempt = (id: string) => server.admin.call<Record<string, unknown>>('GET', `/attempts/${id}`);
const post = (event_type: string, payload: object) =>
  candidate.call<{ sequence_number: number }>('POST', '/events', {
    attempt_id: facts.open.attempt_id,
    timestamp_client: new Date().toISOString(),
    event_type,
    payload,
  });

it('what commit f4514b6 had stored is there, attempts in whatever state among it', async () => {
  expect(before).toHaveLength(19);
  expect(await attempt(facts.completed)).toMatchObject({ status: 'completed', is_locked: true });
  expect(await attempt(facts.open.attempt_id)).toMatchObject({ status: 'in_progress', sequence_number: 6 });
  expect(await attempt(facts.abandoned)).toMatchObject({ status: 'in_progress', sequence_number: 3 });
  expect(await attempt(facts.unstarted)).toMatchObject({ status: 'pending', sequence_number: 0 });
  const { attempts } = await server.admin.call<{ attempts: unknown[] }>('GET', '/attempts?status=expired');
  expect(attempts).toHaveLength(1);
  await server.admin.call('GET', `/attempts/${facts.completed}/skills`);
  await server.api.call('GET', `/tokens/${facts.unredeemed}/validate`);
  await server.api.call('POST', '/auth/login', {
    email: 'recruiter@example.com',
    password: 'a recruiter needs one too',
  });
});

it('an attempt that was open goes on to its results, and no stored event has changed by a byte', async () => {
  const text = 'It costs the least, because nothing has to be done again.';
  expect(await post('reasoning_submitted', { text, word_count: 11 })).toMatchObject({ sequence_number: 7 });
  const { option_id, option_code } = facts.open.selected;
  const final = { final_option_id: option_id, final_option_code: option_code };
  expect(await post('task_completed', final)).toMatchObject({ sequence_number: 8 });
  await eventually(async () => {
    const response = await server.admin.send('GET', `/attempts/${facts.open.attempt_id}/skills`);
    expect(response.status).toBe(200);
  });
  const after = await storedEvents(db);
  expect(after).toHaveLength(before.length + 2);
  expect(after).toEqual(expect.arrayContaining(before));
});

it('its collections are as they would be made today, and the record says so', async () => {
  for (const definition of schema.collections) {
    const { validator, indexes } = await shapeOf(db, definition.name);
    expect(validator).toEqual({ $jsonSchema: definition.schema });
    expect(indexes).toEqual(
      expect.arrayContaining(definition.indexes.map((index) => expect.objectContaining(index))),
    );
    expect(indexes).toHaveLength(definition.indexes.length + 1);
  }
  expect(await db.collection('database_schema').findOne({ release: schema.release })).not.toBeNull();
});
