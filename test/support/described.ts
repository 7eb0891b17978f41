import { randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import path from 'node:path';
import type { Ajv2020, ValidateFunction } from 'ajv/dist/2020.js';
import { afterAll, expect, inject } from 'vitest';
import { heard } from './heard.ts';

/*
 * Compares the status of every answer of the server in every test with what its documents promise, and where whole
 * stories are told the body, too: to compile the schemas takes seconds in each file. Loaded before each test file.
 */

type Json = Record<string, unknown>;
interface Response_ {
  content?: Record<string, { schema: Json }>;
}
interface Operation {
  responses: Record<string, Response_>;
}

/** Longest body that is compared, in characters. */
const MAX_LENGTH = 256 * 1024;

const comparesBodies = /\/test\/(access|integration|reference)\//.test(expect.getState().testPath ?? '');

/** The pairs of operation and status that this file has seen. */
const seen = new Set<string>();

const openApi = inject('openApi') as unknown as { paths: Record<string, Record<string, Operation>> };
const templates = Object.keys(openApi.paths).map((template) => ({
  template,
  pattern: new RegExp(`^${template.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}/?$`),
}));

/** Loaded when the first answer comes: most files talk to no server. */
let ajv: Promise<Ajv2020> | undefined;
async function load(): Promise<Ajv2020> {
  const [{ Ajv2020 }, formats] = await Promise.all([import('ajv/dist/2020.js'), import('ajv-formats')]);
  const loaded = new Ajv2020({ strict: false, allErrors: true });
  formats.default.default(loaded);
  return loaded.addSchema(openApi, 'openapi').addSchema(inject('asyncApi'), 'asyncapi');
}

const validators = new Map<string, Promise<ValidateFunction>>();
function validator($ref: string): Promise<ValidateFunction> {
  const known = validators.get($ref);
  if (known) return known;
  ajv ??= load();
  const made = ajv.then((loaded) => loaded.compile({ $ref }));
  validators.set($ref, made);
  return made;
}

const pointer = (...keys: string[]) =>
  keys.map((key) => encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/');

/** @throws Error if the document does not allow `value` there */
async function check($ref: string, value: unknown, what: string): Promise<void> {
  const validate = await validator($ref);
  if (validate(value)) return;
  const errors = validate.errors?.map((error) => `${error.instancePath} ${error.message}`).join('; ');
  throw new Error(`${what} is not as described: ${errors}\n${JSON.stringify(value)?.slice(0, 2000)}`);
}

/** The checks of all live messages, of which the test that heard them does not wait. */
const liveChecks: Promise<void>[] = [];
heard.onMessage = (message) => {
  if (!comparesBodies) return;
  const found = check('asyncapi#/components/schemas/LiveMessage', message, 'A live message');
  found.catch(() => undefined);
  liveChecks.push(found);
};

async function checkBody(place: string[], media: string, status: number, text: string, what: string) {
  // Larger ones are pages of what smaller ones have, too, and slow to compare.
  if (!media.includes('json') || text.length > MAX_LENGTH) return;
  const value: unknown = JSON.parse(text);
  if (media !== 'application/problem+json') {
    return check(`openapi#/${pointer(...place, String(status), 'content', media, 'schema')}`, value, what);
  }
  // One schema for all refusals, and the codes of this one: each pair would have to be compiled for itself.
  await check('openapi#/components/schemas/Problem', value, what);
  const { code } = value as { code: string };
  const [, own] = refusalSchema(place, status).allOf;
  if (!own.properties.code.enum.includes(code)) throw new Error(`${what} has the undescribed code ${code}.`);
}

function refusalSchema([, template = '', method = '']: string[], status: number) {
  const answer = openApi.paths[template]?.[method]?.responses[String(status)];
  return answer?.content?.['application/problem+json']?.schema as unknown as {
    allOf: [Json, { properties: { code: { enum: string[] } } }];
  };
}

/** Checks status and media type at once, and the body when the test reads it. */
function checkAnswer(method: string, url: string, response: Response): Response {
  // Some tests put something else in the server's place; only the server sets this.
  if (!response.headers.has('x-permitted-cross-domain-policies')) return response;
  const { pathname } = new URL(url);
  const template = templates.find(({ pattern }) => pattern.test(pathname))?.template;
  const operation = template && openApi.paths[template]?.[method];
  // Without the header it is the answer of something else, such as a proxy.
  if (!operation || !response.headers.has('traceparent')) return response;
  const what = `The answer ${response.status} to ${method.toUpperCase()} ${template}`;
  const promised = operation.responses[String(response.status)];
  if (!promised) throw new Error(`${what} is not described.`);
  seen.add(`${method.toUpperCase()} ${template} ${response.status}`);
  const media = response.headers.get('content-type')?.split(';')[0] ?? '';
  const medias = Object.keys(promised.content ?? {});
  if (medias.length > 0 && !medias.includes(media)) throw new Error(`${what} is ${media}, not ${medias}.`);
  if (!comparesBodies) return response;
  const read = response.text.bind(response);
  const text = async () => {
    const body = await read();
    if (medias.length > 0) {
      await checkBody(['paths', template, method, 'responses'], media, response.status, body, what);
    }
    return body;
  };
  return Object.assign(response, { text, json: async () => JSON.parse(await text()) });
}

const plainFetch = globalThis.fetch;
globalThis.fetch = async (input, init) => {
  const response = await plainFetch(input, init);
  const request = input instanceof Request ? input : undefined;
  const method = (init?.method ?? request?.method ?? 'GET').toLowerCase();
  return checkAnswer(method, request?.url ?? String(input), response);
};

afterAll(async () => {
  await Promise.all(liveChecks);
  const lines = [...seen].map((pair) => `${pair}\n`).join('');
  if (lines) appendFileSync(path.join(inject('seenFolder'), randomUUID()), lines);
});
