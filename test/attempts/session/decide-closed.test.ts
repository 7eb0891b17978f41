import { describe, expect, it } from 'vitest';
import {
  abandons,
  changes,
  completes,
  selects,
  starts,
  startsReasoning,
  submitsReasoning,
  updatesReasoning,
  views,
} from '../../support/recorded.ts';
import { given, LATER, NOW } from './given.ts';

const accepted = undefined;
const started = { active: { decision: 'undecided', reasoning: 'not_started' } };

describe('a completed attempt', () => {
  const completed = [starts(0), selects(1, 'A'), completes(2, 'A')];

  it.each([
    starts(3),
    views(3, 'A', 1),
    selects(3, 'A'),
    changes(3, 'A', 'B'),
    startsReasoning(3),
    updatesReasoning(3, 1, 1),
    submitsReasoning(3, 'so'),
    abandons(3),
    completes(3, 'A'),
  ])('refuses everything as attempt_locked (%#)', (event) => {
    expect(given(...completed).when(event)).toMatchObject({
      status: 409,
      code: 'attempt_locked',
      details: { state: { computing: 'metrics' }, allowed_events: [] },
    });
  });

  it('is locked rather than expired when its time is over too', () => {
    expect(
      given(...completed)
        .expiring(NOW)
        .when(views(3, 'A', 1))?.code,
    ).toBe('attempt_locked');
  });

  it('says locked also where the event would be invalid', () => {
    expect(given(...completed).when(starts(0), LATER)?.code).toBe('attempt_locked');
  });
});

describe('an expired attempt', () => {
  it('takes nothing from the moment of its expiry on', () => {
    const justBefore = new Date(NOW.getTime() + 1);
    expect(given(starts(0)).expiring(justBefore).when(selects(1, 'A'))).toBe(accepted);
    expect(given(starts(0)).expiring(NOW).when(selects(1, 'A'))).toMatchObject({
      status: 409,
      code: 'attempt_expired',
      details: { state: started, allowed_events: [] },
    });
  });

  it('takes nothing once it was marked so, whatever the clock says', () => {
    expect(given(starts(0)).thenExpired().when(selects(1, 'A'))).toMatchObject({
      code: 'attempt_expired',
      details: { state: 'expired', allowed_events: [] },
    });
  });
});

describe('completing with whatever is selected', () => {
  it.each<[string, ReturnType<typeof given>, string | undefined]>([
    ['works with a selection', given(starts(0), selects(1, 'A')), undefined],
    ['is refused before the start', given(), 'sequence_violation'],
    ['is refused before a selection', given(starts(0)), 'sequence_violation'],
    ['is refused after the expiry', given(starts(0)).expiring(NOW), 'attempt_expired'],
  ])('%s', (_, attempt, code) => {
    expect(attempt.whenCompleting()?.code).toBe(code);
  });
});
