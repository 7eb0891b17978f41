import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CLIENT_CLOCK_LEAD_MS, judgeClientTime } from '../../../src/attempts/session/client-clock.ts';

const REDEEMED = Date.UTC(2025, 0, 15, 10, 0, 0);
const at = (ms: number) => new Date(REDEEMED + ms);
const elapsed = fc.integer({ min: 0, max: 86_400_000 });
const difference = fc.integer({ min: -10 * 86_400_000, max: 10 * 86_400_000 });

describe('with the constant difference of the two clocks taken off', () => {
  it('given any difference, however long each event was held back, then every event is accepted', () => {
    fc.assert(
      fc.property(difference, elapsed, elapsed, elapsed, (ahead, first, gap, delay) => {
        const correction = { redeemed_at: at(0), firstClientTime: at(first + ahead).getTime() };
        const happened = first + gap;
        const judged = judgeClientTime(at(happened + ahead), at(happened + delay), correction);
        expect(['accepted', 'corrected']).toContain(judged.outcome);
      }),
    );
  });

  it('given a clock that has gone further than the time since the redemption, then the event is refused', () => {
    fc.assert(
      fc.property(elapsed, elapsed, fc.integer({ min: 1, max: 1e9 }), (ahead, now, excess) => {
        const correction = { redeemed_at: at(0), firstClientTime: at(ahead).getTime() };
        const impossible = at(now + ahead + CLIENT_CLOCK_LEAD_MS + excess);
        expect(judgeClientTime(impossible, at(now), correction)).toEqual({
          outcome: 'too_far_ahead',
          aheadMs: ahead + CLIENT_CLOCK_LEAD_MS + excess,
        });
      }),
    );
  });

  it('given a clock that was wrong only at the first event, then later events are judged as they are', () => {
    const correction = { redeemed_at: at(0), firstClientTime: at(-3_600_000).getTime() };
    expect(judgeClientTime(at(2000), at(1000), correction)).toEqual({ outcome: 'accepted' });
  });
});
