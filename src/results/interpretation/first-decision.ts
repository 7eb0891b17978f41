import { CLOCK_TOLERANCE_MS } from '../metrics/client-clock.ts';
import type { ComputedMetrics } from '../metrics/computed-metrics.ts';

/** Milliseconds from the start to the first selection, as each of the two clocks tells it. */
export interface FirstDecision {
  server: number;
  /** Undefined where the front end's clock says nothing about intervals. */
  client: number | undefined;
}

export function firstDecision({ time_metrics, quality_flags }: ComputedMetrics): FirstDecision {
  const isUsable = !quality_flags.includes('client_clock_unusable');
  return {
    server: time_metrics.first_decision_speed_ms,
    client: isUsable ? time_metrics.first_decision_client_ms : undefined,
  };
}

/** Milliseconds between what the two clocks tell; 0 where the front end's tells nothing. */
export function disagreement({ server, client = server }: FirstDecision): number {
  return Math.abs(server - client);
}

/** Whether the two clocks tell so different things that networks and rounding do not explain it. */
export function clocksDisagree(decision: FirstDecision): boolean {
  return disagreement(decision) > CLOCK_TOLERANCE_MS;
}

/** Milliseconds by which a difference of two time stamps in whole milliseconds may be off. */
export const RESOLUTION_MS = 1;

/** All that the first decision's speed may have been, in milliseconds, for all that the two clocks can tell. */
export function reach({ server, client = server }: FirstDecision): { from: number; to: number } {
  return { from: Math.min(server, client) - RESOLUTION_MS, to: Math.max(server, client) + RESOLUTION_MS };
}
