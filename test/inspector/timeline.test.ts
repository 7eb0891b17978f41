import { describe, expect, it } from 'vitest';
import { activePaths } from '../../src/inspector/page/state-value.ts';
import { Timeline } from '../../src/inspector/page/timeline.ts';
import type { View, WireMoment } from '../../src/inspector/page/wire.ts';

const moment = (sequence_number: number, state: string): WireMoment => ({
  sequence_number,
  state,
  event_type: sequence_number === 0 ? null : 'option_viewed',
  timestamp_server: sequence_number === 0 ? null : '2025-01-15T10:00:00.000Z',
  payload: null,
  allowed_events: [],
  taken: [],
});
const now = (sequence_number: number, state: string): View => ({
  sequence_number,
  state,
  allowed_events: [],
  status: 'in_progress',
});

describe('the timeline', () => {
  it('shows the newest moment until the reader goes back, and from then on stays', () => {
    const timeline = new Timeline();
    expect(timeline.shown).toBeUndefined();
    timeline.add([moment(0, 'a'), moment(1, 'b')]);
    expect(timeline.shown?.state).toBe('b');
    timeline.goTo(0);
    timeline.add([moment(2, 'c')]);
    expect([timeline.shown?.state, timeline.position, timeline.isFollowing]).toEqual(['a', 0, false]);
    timeline.goTo(2);
    timeline.add([moment(3, 'd')]);
    expect([timeline.shown?.state, timeline.isFollowing]).toEqual(['d', true]);
  });

  it('shows what the live channel says before the journal was replayed to there', () => {
    const timeline = new Timeline();
    timeline.add([moment(0, 'a')]);
    timeline.tell(now(1, 'b'));
    expect([timeline.isBehind, timeline.shown?.state, timeline.stops.length]).toEqual([true, 'b', 1]);
    timeline.goTo(-1);
    expect(timeline.shown?.state).toBe('a');
  });

  it('has one more stop for what the server did by itself', () => {
    const timeline = new Timeline();
    timeline.add([moment(0, 'a'), moment(1, 'computing')]);
    timeline.tell(now(1, 'computing'));
    expect(timeline.stops.length).toBe(2);
    timeline.tell(now(1, 'locked'));
    expect(timeline.stops.map(({ state }) => state)).toEqual(['a', 'computing', 'locked']);
    expect(timeline.stops.at(-1)?.event).toBeUndefined();
    expect(timeline.shown?.state).toBe('locked');
  });

  it('takes each moment once and in order, however pages overlap', () => {
    const timeline = new Timeline();
    timeline.add([moment(0, 'a'), moment(1, 'b')]);
    timeline.add([moment(0, 'a'), moment(1, 'b'), moment(2, 'c'), moment(4, 'e')]);
    expect(timeline.stops.map(({ state }) => state)).toEqual(['a', 'b', 'c']);
    expect(timeline.replayed).toBe(2);
  });
});

it('names every active state by its dotted path', () => {
  expect(activePaths('locked')).toEqual(['locked']);
  expect(activePaths({ active: { decision: 'decided', reasoning: 'writing' } })).toEqual([
    'active',
    'active.decision',
    'active.decision.decided',
    'active.reasoning',
    'active.reasoning.writing',
  ]);
});
