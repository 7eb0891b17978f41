import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BehaviorEvent } from '../../src/events/event-table.ts';
import type { RecordedEvent } from '../../src/events/recorded-event.ts';
import { interpret } from '../../src/results/interpretation/interpret.ts';
import { computeMetrics } from '../../src/results/metrics/compute-metrics.ts';
import type { Task } from '../../src/tasks/task.ts';
import { legalAttempts } from '../results/metrics/legal-attempts.ts';
import { createTask } from '../support/assessment.ts';
import { type Ack, admitCandidate, type Candidate } from '../support/candidate.ts';
import { startTestServer } from '../support/server.ts';

const server = await startTestServer();

/** The same in every run, so that a failure can be reproduced. */
const SEED = 20_250_115;
const attempts = fc.sample(legalAttempts, { numRuns: 20, seed: SEED });

/** The same acts for the server's task: ids differ, codes and risks do not. */
function atTask(task: Task, from: Task, event: RecordedEvent): BehaviorEvent {
  const ids = new Map(
    from.options.map(({ option_id, option_code }) => [
      option_id,
      task.options.find((option) => option.option_code === option_code)?.option_id ?? '',
    ]),
  );
  const payload = Object.fromEntries(
    Object.entries(event.payload).map(([key, value]) => [key, ids.get(value) ?? value]),
  );
  return { event_type: event.event_type, payload } as BehaviorEvent;
}

/** A break during a break is refused; the generator does not know breaks. */
const withoutSecondBreaks = (events: readonly RecordedEvent[]) =>
  events.filter(
    ({ event_type }, n) => event_type !== 'task_abandoned' || events[n - 1]?.event_type !== 'task_abandoned',
  );

async function play(candidate: Candidate, from: Task, events: readonly RecordedEvent[]): Promise<Ack[]> {
  return candidate.does(...events.map((event) => atTask(candidate.task, from, event)));
}

describe('random attempts, played over HTTP', () => {
  it.each(attempts.map((attempt, n) => [n + 1, attempt] as const))(
    'number %i has the results that its log has when it is computed again',
    async (_, { task: from, events }) => {
      const risks = Object.fromEntries(
        from.options.map(({ option_code, risk_tag }) => [option_code, risk_tag]),
      );
      const { time_limit_seconds } = from;
      const task = await createTask(server.admin, risks, { requires_reasoning: true, time_limit_seconds });
      const candidate = await admitCandidate(server.admin, server.api, task);
      const acts = withoutSecondBreaks(events);
      const acks = await play(candidate, from, acts);

      const log = await candidate.log(7);
      expect(log.map(({ event_type }) => event_type)).toEqual(acts.map(({ event_type }) => event_type));
      expect(
        log.map(({ event_id, sequence_number, timestamp_server, digest }) => ({
          event_id,
          sequence_number,
          timestamp_server: timestamp_server.toISOString(),
          digest,
          acknowledged: true,
        })),
      ).toEqual(acks);
      expect(log.map(({ sequence_number }) => sequence_number)).toEqual(acts.map((_, n) => n + 1));
      const times = log.map(({ timestamp_server }) => timestamp_server.getTime());
      expect(times).toEqual(times.toSorted((a, b) => a - b));

      const {
        attempt_id,
        computed_at: _at,
        ...metrics
      } = await candidate.results<
        ReturnType<typeof computeMetrics> & { attempt_id: string; computed_at: string }
      >('metrics');
      expect(attempt_id).toBe(candidate.attempt_id);
      expect(metrics).toEqual(computeMetrics(log, task));
      expect(await candidate.results('skills')).toMatchObject(interpret(metrics, task));
    },
  );
});
