import { type Db, ObjectId } from 'mongodb';
import type { AttemptDocument } from '../../src/attempts/stored/collection.ts';
import type { RecordedEvent } from '../../src/events/recorded-event.ts';
import type { AttemptKeyDocument, BehaviorEventDocument } from '../../src/journal/collection.ts';
import { toDocument, toEvent } from '../../src/journal/event-document.ts';
import { Chain } from '../../src/proof/chain.ts';
import type { Candidate } from './candidate.ts';

/** How many events are written by one call. */
const GROUP = 500;

type Attempt = Pick<Candidate, 'attempt_id' | 'task'>;
type Act = Pick<RecordedEvent, 'event_type' | 'payload'>;

/**
 * Writes events straight into a candidate's journal, past the server and so past all bounds: views of the first option,
 * as an early release would have recorded them.
 * @param count how many follow those that are there already
 * @param text if present, it is submitted as the reasoning instead, again and again
 */
export async function writeEvents(
  db: Db,
  attempt: Attempt,
  { count, text }: { count: number; text?: string },
): Promise<void> {
  const [option] = attempt.task.options;
  const { option_id = '', option_code = '' } = option ?? {};
  const act: Act =
    text === undefined
      ? { event_type: 'option_viewed', payload: { option_id, option_code, duration_ms: 1 } }
      : { event_type: 'reasoning_submitted', payload: { text, word_count: 1 } };
  await write(db, attempt, act, count);
}

/** Writes the start straight into a candidate's journal. */
export async function writeStart(db: Db, attempt: Attempt): Promise<void> {
  await write(db, attempt, { event_type: 'task_started', payload: {} }, 1);
}

/** Writes a completion with the first option straight into a candidate's journal. */
export async function writeCompletion(db: Db, attempt: Attempt): Promise<void> {
  const { option_id = '', option_code = '' } = attempt.task.options[0] ?? {};
  const payload = { final_option_id: option_id, final_option_code: option_code };
  await write(db, attempt, { event_type: 'task_completed', payload }, 1);
}

async function write(db: Db, { attempt_id }: Attempt, act: Act, count: number): Promise<void> {
  const journal = db.collection<BehaviorEventDocument>('behavior_events');
  const { chain, last } = await chainOf(db, attempt_id);
  for (let written = 0; written < count; written += GROUP) {
    const group = Array.from({ length: Math.min(GROUP, count - written) }, (_, index) => {
      const linked = chain.link({
        ...act,
        event_id: new ObjectId().toHexString(),
        attempt_id,
        sequence_number: last + written + index + 1,
        timestamp_client: new Date(),
        timestamp_server: new Date(),
        metadata: {},
      } as RecordedEvent);
      chain.follow(linked);
      return toDocument(linked);
    });
    await journal.insertMany(group);
  }
}

/** The chain of an attempt after its last stored event, and the number of that. */
async function chainOf(db: Db, attempt_id: string): Promise<{ chain: Chain; last: number }> {
  const _id = new ObjectId(attempt_id);
  const attempt = await db.collection<AttemptDocument>('task_attempts').findOne({ _id });
  const key = await db.collection<AttemptKeyDocument>('attempt_keys').findOne({ _id });
  if (!attempt?.chain || !key) throw new Error(`Attempt ${attempt_id} has no chain.`);
  const chain = new Chain({ first: attempt.chain.first_digest.value(), key: key.key.value() });
  let last = 0;
  const stored = db.collection<BehaviorEventDocument>('behavior_events').find({ attempt_id: _id });
  for await (const document of stored.sort({ sequence_number: 1 })) {
    chain.follow(toEvent(document));
    last = document.sequence_number;
  }
  return { chain, last };
}
