import { watchQuery } from '../live/admission.ts';
import { CLOSE } from '../live/close-codes.ts';
import { liveMessage, liveMessages, ping } from '../live/messages.ts';
import { type Json, JsonSchemas } from './json-schemas.ts';
import type { DocumentOptions } from './openapi.ts';

const ref = ($ref: string) => ({ $ref });

const DESCRIPTION = `The live channel of one attempt, for its owner and for staff. Messages are JSON text
\`{"type", "data"}\`. What you post once the socket is open is acknowledged on it.`;

/** The AsyncAPI 3.0 document of the live channel. @param host of the server, with its port */
export function buildAsyncApi({ version, isClosed = false, host }: DocumentOptions & { host: string }): Json {
  const schemas = new JsonSchemas(isClosed);
  schemas.convert(liveMessage, 'output');
  const sent = liveMessages.map((schema) => ({
    name: schema.shape.type.value,
    summary: schema.description,
    payload: schemas.convert(schema, 'output'),
  }));
  const understood = [{ name: 'ping', summary: ping.description, payload: schemas.convert(ping, 'input') }];
  const messages = Object.fromEntries([...sent, ...understood].map((message) => [message.name, message]));
  const channel = ref('#/channels/attempt');
  const inChannel = (all: readonly { name: string }[]) =>
    all.map(({ name }) => ref(`#/channels/attempt/messages/${name}`));
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Skill observation server, live',
      version,
      description: DESCRIPTION,
      license: { name: 'MIT' },
    },
    defaultContentType: 'application/json',
    servers: {
      plain: { host, protocol: 'ws' },
      encrypted: { host, protocol: 'wss' },
    },
    channels: {
      attempt: {
        address: '/ws/attempts/{attempt_id}',
        description: `Close codes: ${closeCodes()}.`,
        parameters: { attempt_id: { description: 'The id of the attempt, 24 lower-case hex digits.' } },
        messages,
        bindings: { ws: { query: schemas.convert(watchQuery, 'input') } },
      },
    },
    operations: {
      tell: {
        action: 'send',
        channel,
        summary: 'What the server tells watchers.',
        messages: inChannel(sent),
      },
      listen: {
        action: 'receive',
        channel,
        summary: 'What the server understands.',
        messages: inChannel(understood),
      },
    },
    components: { schemas: schemas.components },
  };
}

const closeCodes = () =>
  Object.entries(CLOSE)
    .map(([name, code]) => `${code} ${name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)}`)
    .join(', ');
