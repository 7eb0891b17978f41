import { STATUS_CODES } from 'node:http';
import type { z } from 'zod';
import {
  DATABASE_UNAVAILABLE,
  INTERNAL_ERROR,
  overloaded,
  type RefusalKind,
  tooManyRequests,
} from '../errors.ts';
import type { Answer, Content, Operation, Who } from '../http/operation.ts';
import { problem } from '../http/problem-details.ts';
import { type Json, JsonSchemas } from './json-schemas.ts';

/** What every operation may refuse, whatever its steps are. */
const ALWAYS: readonly RefusalKind[] = [tooManyRequests, INTERNAL_ERROR, DATABASE_UNAVAILABLE, overloaded];

const OF_ATTEMPT: readonly Who[] = [
  'owner',
  'owner, staff',
  'any credentials',
  'staff, candidates after redeeming',
];

/** Groups of operations, in the order in which they are shown. A group is the first part of the path. */
const TAGS: Readonly<Record<string, string>> = {
  tokens: 'One-time tokens, which candidates redeem.',
  attempts: 'Attempts with their logs and results.',
  events: 'What a candidate does.',
  tasks: 'Tasks and their versions.',
  auth: 'Logging in, and your own account.',
  users: 'Accounts of others.',
  audit: 'Who did what.',
  server: 'The server itself, outside the API.',
};

const DESCRIPTION = `Observes how a candidate works through a micro decision task and explains it with
deterministic rules.

Credentials are sent as \`Authorization: Bearer …\`: the \`access_token\` of a log-in, or that of a redeemed attempt
(the owner's). Every refusal is \`application/problem+json\` with a stable \`code\`. Objects may get more fields.

The live channel of an attempt is a WebSocket: see [\`asyncapi.json\`](asyncapi.json).`;

export interface DocumentOptions {
  version: string;
  /** Whether the document says that answers have no other fields than those that it names, as tests want it. */
  isClosed?: boolean;
}

/** The OpenAPI 3.1 document of these operations. */
export function buildOpenApi(
  operations: readonly Operation[],
  { version, isClosed = false }: DocumentOptions,
): Json {
  const schemas = new JsonSchemas(isClosed);
  const paths: Record<string, Json> = {};
  for (const operation of operations) {
    const path = templateOf(operation.path);
    paths[path] = { ...paths[path], [operation.method]: describe(operation, schemas) };
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Skill observation server',
      version,
      description: DESCRIPTION,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '.', description: 'Where this document is.' }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      schemas: schemas.components,
      securitySchemes: {
        account: { type: 'http', scheme: 'bearer', description: 'The `access_token` of a log-in.' },
        attempt: { type: 'http', scheme: 'bearer', description: 'The `access_token` of a redeemed attempt.' },
      },
    },
  };
}

/** A path as OpenAPI writes it: with its parameters in braces. */
export const templateOf = (path: string): string => path.replace(/:(\w+)/g, '{$1}');

function describe(operation: Operation, schemas: JsonSchemas): Json {
  const { method, path, summary, details, body, example, who } = operation;
  return {
    operationId: [method, ...path.split(/\W+/).filter((word) => !/^(|api|v1)$/.test(word))].join('_'),
    tags: [tagOf(operation)],
    summary,
    description: [`For: ${who}.`, details].filter(Boolean).join(' '),
    security: securityOf(operation),
    parameters: parametersOf(operation, schemas),
    ...(body && {
      requestBody: {
        required: !body.isOptional,
        description: `At most ${body.limit} bytes.`,
        content: { 'application/json': { schema: schemas.convert(body.schema, 'input'), example } },
      },
    }),
    responses: { ...answersOf(operation, schemas), ...refusalsOf(operation, schemas) },
  };
}

const tagOf = ({ path }: Operation): string => /^\/api\/v1\/(\w+)/.exec(path)?.[1] ?? 'server';

function securityOf({ who, readsCredentials }: Operation): Json[] {
  if (who === 'anyone' || who === 'anyone on this computer')
    return readsCredentials ? [{}, { account: [] }] : [];
  return OF_ATTEMPT.includes(who) ? [{ account: [] }, { attempt: [] }] : [{ account: [] }];
}

function parametersOf({ parameters, query, headers }: Operation, schemas: JsonSchemas): Json[] {
  const inPlace = (place: string, shape: Record<string, z.ZodType>) =>
    Object.entries(shape).map(([name, schema]) => {
      const { description, ...json } = schemas.convert(schema, 'input');
      const required = place === 'path' || !schema.safeParse(undefined).success;
      return { name, in: place, required, ...(description ? { description } : {}), schema: json };
    });
  return [
    ...inPlace('path', parameters),
    ...inPlace('query', query?.shape ?? {}),
    ...inPlace('header', headers).map((header) => ({ ...header, required: false })),
  ];
}

function answersOf({ answers, answerHeaders = {} }: Operation, schemas: JsonSchemas): Json {
  const headers = Object.fromEntries(
    Object.entries(answerHeaders).map(([name, description]) => [
      name,
      { description, schema: { type: 'string' } },
    ]),
  );
  return Object.fromEntries(
    Object.entries(answers as Record<string, Answer>).map(([status, answer]) => [
      status,
      {
        description: STATUS_CODES[status] ?? '',
        ...(Object.keys(headers).length > 0 && { headers }),
        ...(answer !== null && { content: contentOf(answer, schemas) }),
      },
    ]),
  );
}

function contentOf(answer: NonNullable<Answer>, schemas: JsonSchemas): Json {
  const all: readonly Content[] = Array.isArray(answer) ? answer : [answer];
  return Object.fromEntries(
    all.map((content) =>
      typeof content === 'string'
        ? [content, { schema: { type: content === 'application/json' ? 'object' : 'string' } }]
        : ['application/json', { schema: schemas.convert(content, 'output') }],
    ),
  );
}

function refusalsOf({ refuses }: Operation, schemas: JsonSchemas): Json {
  const codes = new Map<number, Set<string>>();
  for (const { status, code } of [...refuses, ...ALWAYS]) {
    codes.set(status, (codes.get(status) ?? new Set()).add(code));
  }
  const schema = schemas.convert(problem, 'output');
  return Object.fromEntries(
    [...codes]
      .toSorted(([a], [b]) => a - b)
      .map(([status, names]) => [
        status,
        {
          description: [...names].map((name) => `\`${name}\``).join(', '),
          content: {
            'application/problem+json': {
              schema: {
                allOf: [
                  schema,
                  { type: 'object', properties: { code: { enum: [...names] }, status: { const: status } } },
                ],
              },
            },
          },
        },
      ]),
  );
}
