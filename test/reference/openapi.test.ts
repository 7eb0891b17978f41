import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import asyncApiSchema from '@asyncapi/specs/schemas/3.0.0-without-$id.json' with { type: 'json' };
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, inject, it } from 'vitest';
import { templateOf } from '../../src/reference/openapi.ts';
import { createRouters } from '../support/operations.ts';
import { startTestServer } from '../support/server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

interface Operation {
  operationId: string;
  summary: string;
  requestBody?: { content: { 'application/json': { schema: object; example: unknown } } };
  responses: Record<string, { content?: Record<string, { schema: object }> }>;
}
interface Document {
  paths: Record<string, Record<string, Operation>>;
}

const REDOCLY = fileURLToPath(new URL('../../node_modules/@redocly/cli/bin/cli.js', import.meta.url));

const { url } = await startTestServer();
const read = async <T = object>(name: string) => (await (await fetch(`${url}/${name}`)).json()) as T;
const document = await read<Document>('openapi.json');
const operations = Object.entries(document.paths).flatMap(([template, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ name: `${method} ${template}`, ...operation })),
);

describe('the OpenAPI document', () => {
  it('has the operations of the routers, and no other', () => {
    const served = createRouters()
      .flatMap(({ stack }) => stack)
      .flatMap(({ methods, path: place }) =>
        methods
          .filter((method) => method !== 'HEAD')
          .map((method) => `${method.toLowerCase()} ${templateOf(String(place))}`),
      );
    expect(operations.map(({ name }) => name).toSorted()).toEqual(served.toSorted());
  });

  it('tells what each does in a few words, and calls none like another', () => {
    for (const { name, summary } of operations) expect(summary, name).toMatch(/^[A-Z].{4,79}[^.]$/);
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
  });

  it('has an example of each body, which it allows itself', () => {
    const ajv = new Ajv2020({ strict: false, allErrors: true });
    addFormats.default(ajv);
    ajv.addSchema(document, 'openapi');
    for (const { name, requestBody } of operations) {
      if (!requestBody) continue;
      const { schema, example } = requestBody.content['application/json'];
      const whole = JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"openapi#/'));
      expect(ajv.validate(whole, example), `${name}: ${ajv.errorsText()}`).toBe(true);
    }
  });

  it('says of each answer in JSON what is in it', () => {
    const empty = operations.flatMap(({ name, responses }) =>
      Object.entries(responses)
        .filter(([, { content }]) => JSON.stringify(content)?.includes('"schema":{}'))
        .map(([status]) => `${name} ${status}`),
    );
    expect(empty).toEqual([]);
  });

  it('is found in order by a linter', async () => {
    const file = path.join(await temporaryFolder(), 'openapi.json');
    await writeFile(file, JSON.stringify(document));
    const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
    const lint = promisify(execFile)(process.execPath, [REDOCLY, 'lint', '--format=json', file], { env });
    const { stdout } = await lint.catch((error: { stdout: string }) => error);
    const { problems } = JSON.parse(stdout);
    expect(problems).toEqual([]);
  });
});

describe('the AsyncAPI document', () => {
  it('is one by its published schema', async () => {
    const ajv = new Ajv({ strict: false, allErrors: true });
    addFormats.default(ajv);
    const isValid = ajv.validate(asyncApiSchema, await read('asyncapi.json'));
    expect(isValid, ajv.errorsText()).toBe(true);
  });

  it('is that with which the tests compare every message', async () => {
    expect(Object.keys(inject('asyncApi'))).toEqual(Object.keys(await read('asyncapi.json')));
  });
});
