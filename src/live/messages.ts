import type { AttemptStatus } from '../attempts/attempt.ts';
import type { AttemptView } from '../attempts/session/feed.ts';
import type { EventHead } from '../events/recorded-event.ts';

/** Every message that the server sends on a socket, as JSON. */
export type LiveMessage =
  | { type: 'attempt_state'; data: AttemptView }
  | {
      type: 'event_ack';
      data: Pick<EventHead, 'event_id' | 'event_type' | 'sequence_number' | 'timestamp_server' | 'digest'>;
    }
  | { type: 'attempt_status'; data: { status: AttemptStatus; completed_at: Date | null } }
  | { type: 'metrics_ready'; data: { attempt_id: string; metrics_url: string; skills_url: string } }
  | { type: 'pong'; data: object }
  | { type: 'error'; data: { code: string; detail: string } };

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

const error = (code: string, detail: string): LiveMessage => ({ type: 'error', data: { code, detail } });

function parseObject(text: string): { type?: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
