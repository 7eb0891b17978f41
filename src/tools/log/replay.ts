import { takeEvent } from '../../attempts/intake.ts';
import { statusOf } from '../../attempts/session/machine-state.ts';
import { Refusal } from '../../errors.ts';
import { isOfType } from '../../events/recorded-event.ts';
import { CURRENT_RESULTS, type ResultsVersion, resultsVersion } from '../../results/versions.ts';
import { VirtualAttempt } from '../player/virtual-attempt.ts';
import { Problem } from '../problem.ts';
import { type Discrepancy, discrepanciesIn } from './discrepancies.ts';
import type { LoggedEvent } from './log-line.ts';
import type { LoggedAttempt } from './read-log.ts';

/** What an attempt of a log comes to now. */
export type ReplayedAttempt = Awaited<ReturnType<typeof replayAttempt>>;

/** Where nothing is known of an attempt's time, no event is refused for it. */
const ALWAYS = { redeemed_at: new Date(0), expires_at: new Date(8.64e15) };

/**
 * Plays an attempt of a log: the server's own session judges each event at the time at which it was recorded, and the
 * version that made the recorded results makes them again.
 * @throws Problem where this release does not have that version, or the attempt's machine
 */
export async function replayAttempt(logged: LoggedAttempt) {
  const { attempt_id, task, events, attempt: recorded, metrics, skills } = logged;
  const version = versionOf(metrics?.version ?? skills?.interpreter_version);
  const { redeemed_at = ALWAYS.redeemed_at, expires_at } = recorded ?? ALWAYS;
  const facts = {
    attempt_id,
    user_id: recorded?.user_id ?? '',
    task_id: task.task_id,
    redeemed_at,
    expires_at,
  };
  const correctsClientClocks = events.some(({ client_clock_corrected }) => client_clock_corrected);
  let arriving: LoggedEvent | undefined;
  const attempt = new VirtualAttempt(
    { attempt: facts, task, machine_id: recorded?.machine_id, correctsClientClocks },
    {
      now: () => arriving?.timestamp_server ?? redeemed_at,
      newEventId: () => arriving?.event_id ?? '',
    },
  );
  const discrepancies: Discrepancy[] = [];
  for (const event of events) {
    arriving = event;
    discrepancies.push(...(await replayEvent(event, attempt)));
  }
  if (recorded?.status === 'expired') attempt.session.signal('attempt_expired');
  await attempt.settle();

  const status = statusOf(attempt.session.state);
  const standing = standingOf(attempt);
  for (const [name, computed] of Object.entries(standing)) {
    const value = recorded?.[name];
    if (value !== undefined) discrepancies.push(...discrepanciesIn(`attempt.${name}`, value, computed));
  }
  const results = status === 'completed' ? resultsOf(attempt, version, skills) : undefined;
  const none = `no results, because the attempt is ${status}`;
  if (metrics) discrepancies.push(...discrepanciesIn('metrics', metrics, results?.metrics ?? none));
  if (skills) discrepancies.push(...discrepanciesIn('skills', skills, results?.skills ?? none));
  return {
    attempt_id,
    /** Whether the log holds anything that could differ, besides the events. */
    isCompared: recorded !== undefined || metrics !== undefined || skills !== undefined,
    events: events.length,
    status,
    state: attempt.session.state.value,
    metrics: results?.metrics ?? null,
    skills: results?.skills ?? null,
    discrepancies,
  };
}

function versionOf(version: string | undefined): ResultsVersion {
  if (version === undefined) return CURRENT_RESULTS;
  try {
    return resultsVersion(version);
  } catch (error) {
    throw new Problem(`${(error as Error).message} Use the release that made them.`);
  }
}

async function replayEvent(event: LoggedEvent, { session, journal }: VirtualAttempt): Promise<Discrepancy[]> {
  const field = `events[${event.sequence_number - 1}]`;
  const differs = (computed: string) => [{ field, recorded: 'accepted', computed }];
  const before = journal.length;
  try {
    const { sequence_number, timestamp_server } = await takeEvent(session, event);
    const stored = journal.at(-1);
    if (!stored || journal.length === before) return differs(`repeats event ${sequence_number}`);
    // Whether others came with it is a fact of its arrival, as its time is.
    if (event.batched) stored.batched = true;
    if (timestamp_server.getTime() === event.timestamp_server.getTime()) return [];
    return discrepanciesIn(
      `${field}.timestamp_server`,
      event.timestamp_server.toISOString(),
      timestamp_server,
    );
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { code, message, details } = error;
    const errors = (details.errors ?? []).map(({ path, message }) => `${path} ${message}`).join(', ');
    return differs(`refused: ${code} (${errors || message})`);
  }
}

/** What of an attempt follows from its events alone. */
function standingOf({ session, journal }: VirtualAttempt) {
  const submission = journal.findLast(isOfType('reasoning_submitted'));
  return {
    status: statusOf(session.state),
    sequence_number: session.state.context.sequence_number,
    current_selection: session.state.context.selection,
    reasoning_text: submission?.payload.text ?? null,
    last_event_at: session.lastEventAt,
  };
}

/** With explanation and counterfactuals only where the recorded skills have them. */
function resultsOf(
  { session: { task }, journal }: VirtualAttempt,
  version: ResultsVersion,
  recorded: LoggedAttempt['skills'],
) {
  const metrics = version.computeMetrics(journal, task);
  const has = (field: string) => recorded !== undefined && field in recorded;
  const explanation = has('explanation') ? version.explain(metrics, task) : undefined;
  const counterfactuals = has('counterfactuals') ? version.findCounterfactuals(metrics, task) : undefined;
  return { metrics, skills: { ...version.interpret(metrics, task), explanation, counterfactuals } };
}
