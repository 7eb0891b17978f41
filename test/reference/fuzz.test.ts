import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { describe, expect, inject, it } from 'vitest';
import { templateOf } from '../../src/reference/openapi.ts';
import { createWorld } from '../access/people.ts';
import { ROUTES } from '../access/routes.ts';
import { type Schema, valuesOf } from '../support/from-schema.ts';
import { randomJson } from '../support/random-json.ts';

/*
 * Bodies and queries made from the document: what it allows is accepted if the state permits, what is accepted it
 * allows, and nothing is a server error. That status, media type and body of each answer are described is checked for
 * every test.
 */

const world = await createWorld();
const { server, open, task } = world;
const document = inject('openApi') as unknown as {
  paths: Record<
    string,
    Record<
      string,
      {
        parameters: { name: string; in: string; schema: Schema }[];
        requestBody?: { content: { 'application/json': { schema: Schema } } };
      }
    >
  >;
  components: { schemas: Record<string, Schema> };
};

const ajv = new Ajv2020({ strict: false });
addFormats.default(ajv);
ajv.addSchema(document, 'openapi');

const RUNS = 25;
/** Each of these hashes a password, which takes 25 ms of processor time. */
const RUNS_WITH_PASSWORD = 8;
const SEED = 20_261_125;

/** What the document says in words only, because no JSON Schema can. Each is excused by what the refusal says. */
const IN_WORDS = [
  /^must be an e-mail address/,
  /^must be an existing ISO 8601 date/,
  /^must not be one of the most common passwords/,
  /^must have at (least|most)/,
  /^option codes must differ/,
  /^must be 1 with a candidate_email/,
  /must be (at most|less than)/,
  /^must be the next_cursor of the previous page/,
  // Options that the attempt's task does not have, and clocks that are ahead: the state.
  /option/,
  /ahead of the server/,
  /^must be the attempt of the first event/,
  // What an edit cannot change.
  /cannot be changed|there is no version|is not the id|different orders/,
  /has half of a character/,
  // How much the log has.
  /^name either leaf/,
  /the size of the newest checkpoint|is not in a log/,
];

const [first, second] = task.options;
const KNOWN = {
  attempt_id: open.attempt_id,
  task_id: task.task_id,
  option_id: first?.option_id,
  option_code: first?.option_code,
  from_option_id: first?.option_id,
  from_code: first?.option_code,
  to_option_id: second?.option_id,
  to_code: second?.option_code,
  final_option_id: first?.option_id,
  final_option_code: first?.option_code,
};

const resolve = ($ref: string): Schema => document.components.schemas[$ref.split('/').at(-1) ?? ''] ?? {};
const rows = ROUTES.map((row) => {
  const [method = '', template = ''] = row.route.split(' ');
  const operation = document.paths[templateOf(template)]?.[method.toLowerCase()];
  return { ...row, method, template, operation };
});
type Row = (typeof rows)[number];

const targetOf = async ({ path, template }: Row): Promise<string> =>
  path ? (await path(world)).replace(world.done.attempt_id, open.attempt_id) : template;

async function send(row: Row, target: string, body?: string) {
  const person = row.expected.admin === 403 ? 'owners_attempt_token' : 'admin';
  const answer = await fetch(server.url + target, {
    method: row.method,
    headers: {
      authorization: `Bearer ${world.credentials(person, 'open')}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body }),
  });
  const text = await answer.text();
  expect(answer.status, `${row.route} ${target} ${body}`).toBeLessThan(500);
  return { status: answer.status, answer: text.startsWith('{') ? JSON.parse(text) : {} };
}

/** The complaints of a 422 that the document should have foreseen. */
const unforeseen = ({ status, answer }: Awaited<ReturnType<typeof send>>): string[] =>
  status === 422
    ? (answer.errors as { path: string; message: string }[])
        .filter(({ message }) => !IN_WORDS.some((words) => words.test(message)))
        .map(({ path, message }) => `${path}: ${message}`)
    : [];

const isAccepted = ({ status, answer }: Awaited<ReturnType<typeof send>>): boolean =>
  status < 300 && !(answer.results ?? []).some((each: { acknowledged: boolean }) => !each.acknowledged);

const withBody = rows.filter(({ operation }) => operation?.requestBody);

describe.each(withBody)('$route', (row) => {
  const schema = row.operation?.requestBody?.content['application/json'].schema ?? {};
  const runs = JSON.stringify(schema).includes('password') ? RUNS_WITH_PASSWORD : RUNS;
  const bodies = fc.sample(valuesOf(schema, KNOWN, resolve), { numRuns: runs, seed: SEED });
  const whole = JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"openapi#/'));

  it('accepts what the document allows', async () => {
    for (const body of bodies) {
      expect(ajv.validate(whole, body), `${JSON.stringify(body)} ${ajv.errorsText()}`).toBe(true);
      const sent = await send(row, await targetOf(row), JSON.stringify(body));
      expect([400, 413, 415], JSON.stringify(body)).not.toContain(sent.status);
      expect(unforeseen(sent), JSON.stringify(body)).toEqual([]);
    }
  });

  it('accepts nothing else', async () => {
    const { spoilt } = randomJson(Object.values(KNOWN));
    const good = (await row.body?.(world)) ?? bodies[0];
    const spoiltBodies = [...bodies.slice(0, 5), good].flatMap((body) =>
      fc.sample(spoilt(body), { numRuns: Math.ceil(runs / 6), seed: SEED }),
    );
    for (const body of spoiltBodies.filter((text) => text !== '')) {
      if (!isAccepted(await send(row, await targetOf(row), body))) continue;
      expect(ajv.validate(whole, JSON.parse(body)), `${body} ${ajv.errorsText()}`).toBe(true);
    }
  });
});

const withQuery = rows.filter(({ operation }) => operation?.parameters.some((each) => each.in === 'query'));

describe.each(withQuery)('the query of $route', (row) => {
  it('may be what the document allows', async () => {
    const [target] = (await targetOf(row)).split('?');
    const parameters = (row.operation?.parameters ?? []).filter((each) => each.in === 'query');
    const properties = Object.fromEntries(parameters.map(({ name, schema }) => [name, schema]));
    const queries = valuesOf({ type: 'object', properties, required: [] }, KNOWN, resolve);
    for (const query of fc.sample(queries, { numRuns: RUNS, seed: SEED })) {
      const asked = new URLSearchParams(query as Record<string, string>);
      expect(unforeseen(await send(row, `${target}?${asked}`)), String(asked)).toEqual([]);
    }
  });
});
