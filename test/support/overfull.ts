import { type Collection, type Document, ObjectId } from 'mongodb';
import type { Candidate } from './candidate.ts';

/** How many events are written one by one. */
const FIRST = 500;

/**
 * Writes events straight into a candidate's journal, past the server and so past all bounds: views of the first option,
 * as an early release would have recorded them.
 * @param after number of the last event that is there already
 * @param text if present, it is submitted as the reasoning instead, again and again
 */
export async function writeEvents(
  journal: Collection,
  candidate: Pick<Candidate, 'attempt_id' | 'task'>,
  { after, count, text }: { after: number; count: number; text?: string },
): Promise<void> {
  const [option] = candidate.task.options;
  const { option_id, option_code } = option ?? {};
  const first = Math.min(FIRST, count);
  await journal.insertMany(
    Array.from({ length: first }, (_, index) => ({
      ...eventOf(candidate.attempt_id, after + index + 1),
      ...(text === undefined
        ? { event_type: 'option_viewed', payload: { option_id, option_code, duration_ms: 1 } }
        : { event_type: 'reasoning_submitted', payload: { text, word_count: 1 } }),
    })),
  );
  // The engine copies what it has much faster than it can be sent more.
  const attempt_id = new ObjectId(candidate.attempt_id);
  for (let written = first; written < count; written *= 2) {
    const last = after + Math.min(written, count - written);
    await journal
      .aggregate([
        { $match: { attempt_id, sequence_number: { $gt: after, $lte: last } } },
        { $set: { sequence_number: { $add: ['$sequence_number', written] } } },
        { $unset: '_id' },
        { $merge: { into: journal.collectionName, whenMatched: 'fail' } },
      ])
      .toArray();
  }
}

/** Writes a completion with the first option straight into a candidate's journal. */
export async function writeCompletion(
  journal: Collection,
  { attempt_id, task }: Pick<Candidate, 'attempt_id' | 'task'>,
  sequence_number: number,
): Promise<void> {
  const { option_id: final_option_id, option_code: final_option_code } = task.options[0] ?? {};
  await journal.insertOne({
    ...eventOf(attempt_id, sequence_number),
    event_type: 'task_completed',
    payload: { final_option_id, final_option_code },
  });
}

const eventOf = (attempt_id: string, sequence_number: number): Document => ({
  attempt_id: new ObjectId(attempt_id),
  sequence_number,
  timestamp_client: new Date(),
  timestamp_server: new Date(),
  metadata: {},
});
