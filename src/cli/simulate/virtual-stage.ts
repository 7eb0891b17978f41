import { setImmediate } from 'node:timers/promises';
import type { Acknowledgement } from '../../attempts/recording.ts';
import { completion } from '../../attempts/schemas.ts';
import type { Session } from '../../attempts/session.ts';
import { bodyTooLarge, Refusal } from '../../errors.ts';
import { EVENT_BODY_LIMIT, type SubmittedEvent, submittedEvent } from '../../events/submitted-event.ts';
import { parse } from '../../http/request.ts';
import type { SimulatedTask } from './scenario.ts';
import { virtualTask } from './simulated-task.ts';
import type { Answer, PostedEvent, Results, Stage, View } from './stage.ts';
import { openVirtualSession, type VirtualSession } from './virtual-session.ts';

/** When every virtual attempt begins; any moment would do, but the same one makes all runs the same. */
const BEGINNING = Date.UTC(2025, 0, 15, 10, 0, 0);

const NOT_TRIED: Answer = {
  acknowledged: false,
  status: 409,
  code: 'not_tried',
  detail: 'An event before this one was not accepted, so this one was not tried.',
};

/** Sets a stage in virtual time, on which a step takes microseconds and the clock moves only by `reach`. */
export async function virtualStage(simulated: SimulatedTask): Promise<Stage> {
  let elapsed = 0;
  const timeOf = (ms: number) => new Date(BEGINNING + ms);
  const task = virtualTask(simulated);
  const virtual = await openVirtualSession(task, () => timeOf(elapsed));
  const { session } = virtual;
  return {
    optionIds: new Map(task.options.map((option) => [option.option_code, option.option_id])),
    reach: async (ms) => {
      elapsed = ms;
    },
    timeOf,
    submit: (event) => submitOne(virtual, event),
    submitBatch: (events) => submitBatch(virtual, events),
    complete: (details) =>
      answered(async () => {
        const { timestamp_client = timeOf(elapsed), ...read } = parse(completion, details);
        return session.complete({ timestamp_client, ...read });
      }),
    view: () => settled(virtual),
    results: async () => resultsOf(virtual),
    leave: () => session.stop(),
  };
}

async function submitOne({ session }: VirtualSession, event: PostedEvent): Promise<Answer> {
  const read = readEvent(event, session);
  if (read instanceof Refusal) return answerTo(withAllowed(read, session));
  return answered(() => session.submit(read));
}

/** As the server's route does it: what cannot be read ends the batch, and what stands before it still counts. */
async function submitBatch({ session }: VirtualSession, events: readonly PostedEvent[]): Promise<Answer[]> {
  const wellFormed: SubmittedEvent[] = [];
  let malformed: Refusal | undefined;
  for (const event of events) {
    const read = readEvent(event, session);
    if (read instanceof Refusal) {
      malformed = read;
      break;
    }
    wellFormed.push(read);
  }
  const verdicts = await session.submitBatch(wellFormed);
  if (malformed && !verdicts.some((verdict) => verdict instanceof Error))
    verdicts.push(withAllowed(malformed, session));
  const answers = verdicts.map(answerTo);
  return events.map((_, index) => answers[index] ?? NOT_TRIED);
}

/** The event as the server reads it, or the refusal, 413 or 422, with which posting it would be answered. */
function readEvent(event: PostedEvent, { attempt }: Session): SubmittedEvent | Refusal {
  // Through JSON, because that is what is left of an event on its way to a server.
  const body = JSON.stringify({ ...event, attempt_id: attempt.attempt_id });
  if (Buffer.byteLength(body) > EVENT_BODY_LIMIT) {
    return bodyTooLarge(`The body may have at most ${EVENT_BODY_LIMIT} bytes.`);
  }
  try {
    return parse(submittedEvent, JSON.parse(body));
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

/** What cannot be read is answered like what the state refuses: with what is allowed as the attempt stands. */
function withAllowed({ status, code, message, details }: Refusal, { view }: Session): Refusal {
  return new Refusal(status, code, message, { ...details, allowed_events: view.allowed_events });
}

async function answered(submit: () => Promise<Acknowledgement>): Promise<Answer> {
  return submit().then(answerTo, answerTo);
}

/** @throws whatever is no refusal: the server would have failed. */
function answerTo(verdict: Acknowledgement | Error): Answer {
  if (verdict instanceof Refusal) {
    const { status, code, message, details } = verdict;
    const { allowed_events, errors } = details;
    return {
      ...{ acknowledged: false, status, code, detail: message },
      ...(allowed_events && { allowed_events }),
      ...(errors && { errors }),
    };
  }
  if (verdict instanceof Error) throw verdict;
  return { acknowledged: true, sequence_number: verdict.sequence_number };
}

async function settled(virtual: VirtualSession): Promise<View> {
  const { session } = virtual;
  while (!session.isIdle) {
    if (virtual.failure !== undefined) throw virtual.failure;
    await setImmediate();
  }
  return session.view;
}

function resultsOf({ results: { metrics, profile } }: VirtualSession): Results | undefined {
  return metrics && profile && { metrics, profile };
}
