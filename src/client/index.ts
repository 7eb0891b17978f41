/*
 * The front end's side of a skill observation: redeems a token, records what a candidate does, and watches the attempt.
 * For browsers and Node; it needs nothing else.
 */

export { Attempt, type AttemptOptions } from './attempt.ts';
export type { Access } from './keeping.ts';
export type { Live } from './live.ts';
export type { OptionOrCode } from './progress.ts';
export { Refused } from './requests.ts';
export type {
  Acknowledgement,
  EventPayloads,
  EventType,
  LiveMessage,
  OptionReference,
  PostedEvent,
  Standing,
  Task,
} from './vocabulary.ts';
