import { describe, expect, it } from 'vitest';
import { currentMachine } from '../../machines/index.ts';
import { isCompleted } from '../../src/attempts/session/machine-state.ts';
import { initialState, nextState } from '../../src/attempts/session/machine-steps.ts';
import type { BehaviorEvent } from '../../src/events/event-table.ts';
import { EVENT_TYPES } from '../../src/events/event-table.ts';
import type { Task } from '../../src/tasks/task.ts';
import {
  type AttemptEvent,
  representativeEvents,
  type ShortestPath,
  shortestPaths,
  stateLabel,
} from '../../src/tools/drawing/paths.ts';
import { createTask } from '../support/assessment.ts';
import { admitCandidate, type Candidate } from '../support/candidate.ts';
import type { Problem } from '../support/problem.ts';
import { startTestServer } from '../support/server.ts';

/*
 * The machine is the model of the running server. Along the shortest path to every state that candidates can reach,
 * the server must be in the same state as the model, accept what the model accepts and refuse the rest.
 */

const { api, admin } = await startTestServer();
const ABANDON: AttemptEvent = { type: 'task_abandoned', payload: {} };

const isBehavior = ({ type }: AttemptEvent): boolean => EVENT_TYPES.some((known) => known === type);

/** The paths that consist of candidates' events, each extended by an event that leaves its last state, if possible. */
function walks(requires_reasoning: boolean): ShortestPath[] {
  const ways = shortestPaths(currentMachine, { attempt_id: 'any', requires_reasoning }).filter(({ events }) =>
    events.every(isBehavior),
  );
  const abandoned = ways
    .filter(({ snapshot }) => snapshot.can(ABANDON))
    .map(({ state, events, snapshot }) => ({
      state: `abandoned from ${state}`,
      events: [...events, ABANDON],
      snapshot: nextState(currentMachine, snapshot, ABANDON),
    }));
  return [...ways, ...abandoned];
}

/** The model's event with the ids that the task's options have on the server; the codes are the same. */
function onServer(event: AttemptEvent, { options }: Task): BehaviorEvent {
  const text = JSON.stringify(event, (key, value) => {
    const code = { a: 'A', b: 'B' }[String(value)[0] ?? ''];
    return key.endsWith('option_id')
      ? options.find(({ option_code }) => option_code === code)?.option_id
      : value;
  });
  const { type, payload } = JSON.parse(text);
  return { event_type: type, payload };
}

/** The events most likely to be accepted, one for each type, grouped by whether the model accepts them. */
function judged(snapshot: ShortestPath['snapshot']) {
  const events = representativeEvents(currentMachine, snapshot).filter(isBehavior);
  const taken = events.filter((event) => snapshot.status === 'active' && snapshot.can(event));
  return { taken, refused: events.filter((event) => !taken.includes(event)) };
}

async function expectAt(candidate: Candidate, snapshot: ShortestPath['snapshot'], accepted: number) {
  const seen = isCompleted(snapshot) ? await candidate.locked() : await candidate.get();
  const { taken } = judged(snapshot);
  expect({ ...seen, allowed_events: seen.allowed_events.toSorted() }).toMatchObject({
    state: isCompleted(snapshot) ? 'locked' : snapshot.value,
    allowed_events: taken.map(({ type }) => type).toSorted(),
    sequence_number: accepted,
  });
}

describe.each([true, false])('at a task that requires reasoning: %s', async (requires_reasoning) => {
  const task = await createTask(admin, { A: 'low', B: 'high' }, { requires_reasoning });
  const ways = walks(requires_reasoning);

  it('candidates can reach every state but those that only the server brings about', () => {
    const reached = new Set(ways.map(({ snapshot }) => stateLabel(snapshot.value)));
    const styles = requires_reasoning ? ['not_started', 'writing', 'submitted'] : ['not_started'];
    const active = styles.flatMap((style) => [`active(undecided + ${style})`, `active(decided + ${style})`]);
    expect([...reached].toSorted()).toEqual(
      ['waiting_for_start', ...active, 'abandoned', 'computing.metrics'].toSorted(),
    );
  });

  it.each(ways)('the server goes the way of the model to $state', async ({ events, snapshot: end }) => {
    const candidate = await admitCandidate(admin, api, task);
    let snapshot = initialState(currentMachine, { attempt_id: 'any', requires_reasoning });
    await expectAt(candidate, snapshot, 0);
    for (const [index, event] of events.entries()) {
      await candidate.does(onServer(event, task));
      snapshot = nextState(currentMachine, snapshot, event);
      await expectAt(candidate, snapshot, index + 1);
    }
    expect(snapshot.value).toEqual(end.value);

    const { refused } = judged(end);
    for (const event of refused) {
      const response = await candidate.post(onServer(event, task));
      const problem = (await response.json()) as Problem;
      expect(response.status, event.type).toBe(409);
      expect(problem.code).toBe(isCompleted(end) ? 'attempt_locked' : 'sequence_violation');
      expect(problem.state).toEqual(isCompleted(end) ? 'locked' : end.value);
    }
    await expectAt(candidate, end, events.length);
  });
});
