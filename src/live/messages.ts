import { z } from 'zod';
import { ATTEMPT_STATUSES } from '../attempts/attempt.ts';
import { attemptStateView } from '../attempts/attempt-view.ts';
import type { AttemptView } from '../attempts/session/feed.ts';
import { acknowledgement } from '../attempts/session/recording.ts';
import { EVENT_TYPES } from '../events/event-table.ts';
import type { EventHead } from '../events/recorded-event.ts';
import { objectIdString } from '../fields.ts';

/** Why a message was not understood. */
const ERROR_CODES = ['message_too_large', 'message_not_understood', 'unknown_type'] as const;

const attemptStatus = z.object({ status: z.enum(ATTEMPT_STATUSES), completed_at: z.date().nullable() });
const resultsAt = z.object({ attempt_id: objectIdString, metrics_url: z.string(), skills_url: z.string() });
const misunderstanding = z.object({ code: z.enum(ERROR_CODES), detail: z.string() });

/** Every message that the server sends on a socket, as JSON, with when it is sent. */
export const liveMessages = [
  z
    .object({ type: z.literal('attempt_state'), data: attemptStateView })
    .describe('On connecting, and whenever the state changes.'),
  z
    .object({
      type: z.literal('event_ack'),
      data: acknowledgement
        .pick({ event_id: true, sequence_number: true, timestamp_server: true, digest: true })
        .extend({ event_type: z.enum(EVENT_TYPES) }),
    })
    .describe('An event is on disk.'),
  z
    .object({ type: z.literal('attempt_status'), data: attemptStatus })
    .describe('The attempt started, was completed or expired.'),
  z
    .object({ type: z.literal('metrics_ready'), data: resultsAt })
    .describe('The results are saved; also on connecting to a locked attempt.'),
  z.object({ type: z.literal('pong'), data: z.object({}) }).describe('You sent a ping.'),
  z
    .object({ type: z.literal('error'), data: misunderstanding })
    .describe('A message was not understood; the connection stays.'),
] as const;
export const liveMessage = z.discriminatedUnion('type', liveMessages).meta({ id: 'LiveMessage' });
type MessageOf<Type> = Extract<z.output<typeof liveMessage>, { type: Type }>;
export type LiveMessage =
  | { type: 'attempt_state'; data: AttemptView }
  | MessageOf<'event_ack' | 'attempt_status' | 'metrics_ready' | 'pong' | 'error'>;

/** The one message that the server understands. */
export const ping = z.looseObject({ type: z.literal('ping') }).describe('A heartbeat; the answer is a pong.');

/** Makes one value of each source, however many ask for it: all watchers of an attempt are told the same news. */
function once<Source extends object, Value>(make: (source: Source) => Value): (source: Source) => Value {
  const made = new WeakMap<Source, Value>();
  return (source) => {
    const known = made.get(source);
    if (known !== undefined) return known;
    const value = make(source);
    made.set(source, value);
    return value;
  };
}

export const eventAck = once((event: EventHead): LiveMessage => {
  const { event_id, event_type, sequence_number, timestamp_server, digest } = event;
  return { type: 'event_ack', data: { event_id, event_type, sequence_number, timestamp_server, digest } };
});

export const attemptState = once((view: AttemptView): LiveMessage => ({ type: 'attempt_state', data: view }));

/** A message as it is sent: JSON in UTF-8. */
export const encode = once((message: LiveMessage): Buffer => Buffer.from(JSON.stringify(message)));

export const metricsReady = (attempt_id: string): LiveMessage => ({
  type: 'metrics_ready',
  data: {
    attempt_id,
    metrics_url: `/api/v1/attempts/${attempt_id}/metrics`,
    skills_url: `/api/v1/attempts/${attempt_id}/skills`,
  },
});

/** Maximum size of a message from a client, in bytes. */
const MESSAGE_LIMIT = 4096;

/** The answer to a message from a client; every message gets one. */
export function answer(message: Buffer, isBinary: boolean): LiveMessage {
  if (message.length > MESSAGE_LIMIT) {
    return error('message_too_large', `A message may have at most ${MESSAGE_LIMIT} bytes.`);
  }
  const parsed = isBinary ? undefined : parseObject(message.toString());
  if (!parsed) return error('message_not_understood', 'Send JSON text such as {"type":"ping"}.');
  if (parsed.type !== 'ping')
    return error('unknown_type', 'The only message type understood is {"type":"ping"}.');
  return { type: 'pong', data: {} };
}

const error = (code: (typeof ERROR_CODES)[number], detail: string): LiveMessage => ({
  type: 'error',
  data: { code, detail },
});

function parseObject(text: string): { type?: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
