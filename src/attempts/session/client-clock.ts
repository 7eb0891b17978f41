import type { RecordedEvent } from '../../events/recorded-event.ts';

/** How far a front end's clock may be ahead of the server's, in milliseconds. */
export const CLIENT_CLOCK_LEAD_MS = 5000;

/** What is known about a front end's clock if a constant difference to the server's is taken off. */
export interface ClockCorrection {
  /** When the token was redeemed, by the server's clock. The first event cannot have happened before. */
  redeemed_at: Date;
  /** When the first event happened, by the front end's clock, in ms since the epoch; undefined before that event. */
  firstClientTime: number | undefined;
}

/** How an event's time was judged; `aheadMs` is how far it was ahead of the server's clock. */
export type ClockJudgement =
  | { outcome: 'accepted' }
  /** It is ahead, but only because the front end's clock is set wrong. */
  | { outcome: 'corrected' }
  | { outcome: 'too_far_ahead'; aheadMs: number };

/**
 * Judges whether an event's time may be true. With a correction the two clocks need not agree, only run alike: since
 * the first event the front end's clock may not have gone further than the server's since the redemption. So events
 * that were held back and arrive together are accepted, too.
 */
export function judgeClientTime(timestamp: Date, now: Date, correction?: ClockCorrection): ClockJudgement {
  const aheadMs = timestamp.getTime() - now.getTime();
  if (aheadMs <= CLIENT_CLOCK_LEAD_MS) return { outcome: 'accepted' };
  if (!correction) return { outcome: 'too_far_ahead', aheadMs };
  const { redeemed_at, firstClientTime } = correction;
  if (firstClientTime === undefined) return { outcome: 'corrected' };
  const difference = firstClientTime - redeemed_at.getTime();
  return aheadMs - difference <= CLIENT_CLOCK_LEAD_MS
    ? { outcome: 'corrected' }
    : { outcome: 'too_far_ahead', aheadMs };
}

/** What the recorded events of one attempt say about the two clocks. */
export class ObservedClocks {
  /** Server time of the last event, in ms since the epoch; 0 before the first. */
  lastEventAt = 0;
  /** Front end's time of the first event, in ms since the epoch. */
  firstClientTime: number | undefined;
  /** By how many ms the front end's clock was ahead of the server's at the last event; negative if it was behind. */
  lastDifferenceMs = 0;

  /** Must be called with every recorded event, in order. */
  note({ sequence_number, timestamp_client, timestamp_server }: RecordedEvent): void {
    this.lastEventAt = timestamp_server.getTime();
    this.lastDifferenceMs = timestamp_client.getTime() - this.lastEventAt;
    if (sequence_number === 1) this.firstClientTime = timestamp_client.getTime();
  }
}
