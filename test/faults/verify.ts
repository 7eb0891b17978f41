import { expect, inject } from 'vitest';
import { machineById } from '../../machines/index.ts';
import { projectionOf } from '../../src/attempts/stored/projection.ts';
import type { RecordedEvent } from '../../src/events/recorded-event.ts';
import { computeMetrics } from '../../src/results/metrics/compute-metrics.ts';
import type { Task } from '../../src/tasks/task.ts';
import type { ApiClient } from '../../src/tools/api-client.ts';
import { readLog } from '../support/candidate.ts';
import { eventually } from '../support/eventually.ts';
import { replay } from '../support/replay.ts';
import type { PersistentCandidate } from './persistent-candidate.ts';
import type { ReturningWatcher } from './returning-watcher.ts';
import { note } from './summary.ts';

/**
 * Compares what candidates were promised with what is stored: every acknowledged event has its id and number, and
 * there are no gaps, no repeats and no events that nobody sent. The machine must allow the whole log.
 * @returns the stored log of each candidate
 */
export async function expectNothingLost(
  staff: ApiClient,
  candidates: readonly PersistentCandidate[],
): Promise<Map<PersistentCandidate, RecordedEvent[]>> {
  const logs = new Map<PersistentCandidate, RecordedEvent[]>();
  for (const candidate of candidates) {
    const stored = await eventually(() => readLog(staff, candidate.attempt_id, 500));
    const numbers = stored.map(({ sequence_number }) => sequence_number);
    expect(numbers, 'gapless').toEqual(stored.map((_, index) => index + 1));
    const kept = new Set(stored.map(({ event_id }) => event_id));
    note(inject('figures'), {
      lost: candidate.acknowledged.filter(({ event_id }) => !kept.has(event_id)).length,
    });
    for (const { sequence_number, event_id, event_type, client_event_id } of candidate.acknowledged) {
      expect(stored[sequence_number - 1], `acknowledged event ${sequence_number}`).toMatchObject({
        sequence_number,
        event_id,
        event_type,
        client_event_id,
      });
    }
    const names = stored.map(({ client_event_id }) => client_event_id ?? '');
    expect(new Set(names).size, 'every client event at most once').toBe(names.length);
    expect(names.filter((name) => !candidate.sent.has(name), 'nothing that nobody sent')).toEqual([]);
    const { attempt_id, task } = candidate;
    replay(machineById('attempt-v1'), { attempt_id, requires_reasoning: task.requires_reasoning }, stored);
    const times = stored.map(({ timestamp_server }) => timestamp_server.getTime());
    expect(times, 'server time never runs backwards').toEqual(times.toSorted((a, b) => a - b));
    logs.set(candidate, stored);
  }
  return logs;
}

/** The stored attempt agrees with its journal. */
export async function expectProjected(
  staff: ApiClient,
  candidate: PersistentCandidate,
  stored: readonly RecordedEvent[],
): Promise<void> {
  const projected = Object.assign(
    { status: 'pending', started_at: null, completed_at: null, final_selection: null, reasoning_text: null },
    ...stored.map(projectionOf),
  );
  // In the form of an answer.
  const said = JSON.parse(JSON.stringify(projected));
  await eventually(async () => {
    // The list shows what is stored, while the attempt itself is shown with its live state.
    const path = `/attempts?user_id=${candidate.user_id}`;
    const { attempts } = await staff.call<{ attempts: object[] }>('GET', path);
    const { status, started_at, completed_at, final_selection, reasoning_text } = said;
    expect(attempts[0]).toMatchObject({ status, started_at, completed_at });
    const attempt = await staff.call('GET', `/attempts/${candidate.attempt_id}`);
    expect(attempt).toMatchObject({ final_selection, reasoning_text, started_at, completed_at });
  });
}

/** A completed attempt gets its results without another request. */
export async function expectResults(
  staff: ApiClient,
  candidates: readonly PersistentCandidate[],
): Promise<void> {
  for (const { attempt_id } of candidates) {
    await eventually(async () => {
      const answer = await staff.send('GET', `/attempts/${attempt_id}/skills`);
      expect(answer.status, `${attempt_id}: ${await answer.text()}`).toBe(200);
    });
  }
}

/** The saved metrics are those of the whole stored log. */
export async function expectMeasured(
  staff: ApiClient,
  logs: Map<PersistentCandidate, RecordedEvent[]>,
): Promise<void> {
  for (const [{ attempt_id, task }, stored] of logs) {
    const whole = await staff.call<{ task: Task }>('GET', `/tasks/${task.task_id}`);
    const computed = JSON.parse(JSON.stringify(computeMetrics(stored, whole.task)));
    expect(await staff.call('GET', `/attempts/${attempt_id}/metrics`)).toMatchObject(computed);
  }
}

/** Each watcher received every stored event once, in order. */
export async function expectAllTold(
  watchers: readonly ReturningWatcher[],
  logs: Map<PersistentCandidate, RecordedEvent[]>,
): Promise<void> {
  for (const [{ attempt_id }, stored] of logs) {
    for (const watcher of watchers.filter((each) => each.attempt_id === attempt_id)) {
      await eventually(() => expect(watcher.last).toBeGreaterThanOrEqual(stored.length));
      expect(watcher.complaints).toEqual([]);
      expect(watcher.acks.map(({ event_id }) => event_id)).toEqual(stored.map(({ event_id }) => event_id));
    }
  }
}
