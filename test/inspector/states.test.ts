import { describe, expect, it } from 'vitest';
import { currentMachine } from '../../machines/index.ts';
import { viewOf } from '../../src/attempts/session/machine-state.ts';
import { initialState, nextState, toMachineEvent } from '../../src/attempts/session/machine-steps.ts';
import type { RecordedEvent } from '../../src/events/recorded-event.ts';
import { beginning, type Moment, momentsOf } from '../../src/inspector/moments.ts';
import { Replays } from '../../src/inspector/replays.ts';
import { machineGraph } from '../../src/tools/drawing/graph.ts';
import { createTask, issueTokens } from '../support/assessment.ts';
import { admitCandidate } from '../support/candidate.ts';
import {
  abandons,
  changes,
  completes,
  recorded,
  type Step,
  selects,
  starts,
  startsReasoning,
  submitsReasoning,
  taskWith,
  updatesReasoning,
  views,
} from '../support/recorded.ts';
import { startTestServer } from '../support/server.ts';

const STEPS: readonly Step[] = [
  starts(0),
  views(100, 'A', 90),
  startsReasoning(200),
  selects(300, 'A'),
  updatesReasoning(350, 12, 3),
  abandons(400),
  submitsReasoning(500, 'Because it is safe.'),
  abandons(600),
  changes(700, 'A', 'B'),
  abandons(800),
  completes(900, 'B'),
];
const task = taskWith({ A: 'low', B: 'high' });
const input = { attempt_id: 'any', requires_reasoning: true };
const events = recorded(task, STEPS);

async function momentsAfter(played: readonly RecordedEvent[]): Promise<Moment[]> {
  const from = initialState(currentMachine, input);
  const moments = [beginning(from)];
  for await (const moment of momentsOf(currentMachine, from, played)) moments.push(moment);
  return moments;
}

describe('the moments of an attempt', async () => {
  const moments = await momentsAfter(events);

  it('are the beginning and the states after each event', () => {
    let state = initialState(currentMachine, input);
    const expected = [
      state,
      ...events.map((event) => (state = nextState(currentMachine, state, toMachineEvent(event)))),
    ];
    expect(
      moments.map(({ sequence_number, state: value, allowed_events }) => ({
        sequence_number,
        value,
        allowed_events,
      })),
    ).toEqual(
      expected.map(viewOf).map(({ sequence_number, state: value, allowed_events }) => ({
        sequence_number,
        value,
        allowed_events,
      })),
    );
    expect(moments.map(({ event_type }) => event_type)).toEqual([
      null,
      ...events.map(({ event_type }) => event_type),
    ]);
  });

  it('say which arrows were taken, all of which the picture has', () => {
    const drawn = machineGraph(currentMachine).edges.map(({ source, target }) => `${source} → ${target}`);
    const taken = moments.map((moment: Moment) =>
      moment.taken.map(({ source, target }) => `${source} → ${target}`),
    );
    expect(drawn).toEqual(expect.arrayContaining(taken.flat()));
    expect(taken).toEqual([
      [],
      ['waiting_for_start → active'],
      [],
      ['active.reasoning → active.reasoning.writing'],
      ['active.decision.undecided → active.decision.decided'],
      ['active.reasoning → active.reasoning.writing'],
      ['active → abandoned'],
      ['abandoned → active.where_it_was', 'active.reasoning → active.reasoning.submitted'],
      ['active → abandoned'],
      ['abandoned → active.where_it_was'],
      ['active → abandoned'],
      ['abandoned → active.where_it_was', 'active → computing'],
    ]);
  });

  it('cannot be told of a journal that the machine does not allow', async () => {
    await expect(momentsAfter(events.slice(1))).rejects.toThrow();
  });
});

it('pages of a long attempt cost no more the later they are', async () => {
  const long = recorded(task, [starts(0), ...Array.from({ length: 4999 }, (_, n) => views(n, 'A', 1))]);
  let read = 0;
  const replays = new Replays({
    read: async function* (_attempt_id, { after = 0, limit = 0 } = {}) {
      for (const event of long.slice(after, after + limit)) {
        read += 1;
        yield event;
      }
    },
  });
  for (let after = 0; after <= 5000; after += 100) {
    const { context } = await replays.stateAfter(after, currentMachine, input);
    expect(context.sequence_number).toBe(after);
  }
  // Once on the way up, and from the last kept state for each page that does not begin at one.
  expect(read).toBeLessThan(2.1 * long.length);
  expect((await replays.stateAfter(6000, currentMachine, input)).context.sequence_number).toBe(5000);
});

describe('GET /attempts/{id}/states', async () => {
  const { api, admin } = await startTestServer();
  const stored = await createTask(admin, { A: 'low', B: 'high' });
  const candidate = await admitCandidate(admin, api, stored);
  const read = (query = '') =>
    admin.call<{ machine_id: string; states: Moment[]; next_after: number | null }>(
      'GET',
      `/attempts/${candidate.attempt_id}/states${query}`,
    );

  it('tells what the attempt itself told after each event', async () => {
    const told = [await candidate.get()];
    const acks: { timestamp_server: string }[] = [];
    for (const step of STEPS.slice(0, -1)) {
      acks.push(...(await candidate.does(step)));
      told.push(await candidate.get());
    }
    const { machine_id, states, next_after } = await read();
    expect(machine_id).toBe('attempt-v1');
    expect(next_after).toBeNull();
    const view = ({ state, allowed_events, sequence_number }: (typeof told)[number] | Moment) => ({
      state,
      allowed_events,
      sequence_number,
    });
    expect(states.map(view)).toEqual(told.map(view));
    expect(states.slice(1).map(({ timestamp_server }) => timestamp_server)).toEqual(
      acks.map(({ timestamp_server }) => timestamp_server),
    );
  });

  it('comes in pages', async () => {
    const whole = (await read()).states;
    const pages: Moment[] = [];
    let query: string | undefined = '?limit=3';
    while (query !== undefined) {
      const { states, next_after }: Awaited<ReturnType<typeof read>> = await read(query);
      pages.push(...states);
      query = next_after === null ? undefined : `?limit=3&after=${next_after}`;
    }
    expect(pages).toEqual(whole);
    expect((await read('?after=0&limit=1')).states).toEqual(whole.slice(1, 2));
    expect((await read('?after=1000')).states).toEqual([]);
    expect((await admin.send('GET', `/attempts/${candidate.attempt_id}/states?after=x`)).status).toBe(422);
  });

  it('is not there for a token that nobody has redeemed', async () => {
    const [issued] = await issueTokens(admin, stored);
    const response = await admin.send('GET', `/attempts/${issued?.attempt_id}/states`);
    expect(response.status).toBe(409);
    expect(await response.json()).toMatchObject({ code: 'attempt_not_redeemed' });
  });
});
