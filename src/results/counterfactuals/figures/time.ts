import { CLOCK_TOLERANCE_MS } from '../../metrics/client-clock.ts';
import { toMicrosecond } from '../../metrics/milliseconds.ts';
import { besides, distinct, type FigureBlock } from '../figure-block.ts';
import type { Figures, SupposedFigures } from '../figures.ts';

const SPEED = 'time_metrics.first_decision_speed_ms';
const CLIENT = 'time_metrics.first_decision_client_ms';
const FIRST_ACTION = 'time_metrics.first_action_ms';
const TOTAL = 'time_metrics.total_time_ms';
const HESITATION = 'time_metrics.hesitation_time_ms';

/**
 * When the first option was selected, in whole milliseconds.
 *
 * Possible: 0 ≤ first event ≤ first selection ≤ total. The front end's clock may tell any time from its own tolerance
 * before the start on; events dated further back make that clock unusable, which is no figure and stays as it is.
 * Where the two clocks disagree a condition on speed may turn, so each clock's values at the edge of disagreeing with
 * the other's are looked at as well.
 */
export const timeBlock: FigureBlock = {
  decides: [SPEED, CLIENT],
  figures: [SPEED, CLIENT, FIRST_ACTION, TOTAL],
  follows: [HESITATION],
  candidates({ figures }, thresholdsOf) {
    const { [SPEED]: speed, [CLIENT]: client } = figures;
    const marks = distinct([...thresholdsOf(SPEED), ...thresholdsOf(CLIENT)].flatMap(besides));
    if (client === undefined) return pairs(marks, [undefined]);
    return [
      ...pairs([...marks, ...atTheTolerance(client)], [client]),
      ...[speed, ...marks].flatMap((each) => pairs([each], [...marks, ...atTheTolerance(each)])),
    ];

    function pairs(speeds: readonly number[], clients: readonly (number | undefined)[]): SupposedFigures[] {
      return speeds
        .filter((ms) => ms >= 0)
        .flatMap((server) =>
          clients
            .filter((ms) => ms === client || (ms ?? 0) >= -CLOCK_TOLERANCE_MS)
            .map((ms) => supposing(figures, server, ms)),
        );
    }
  },
};

/** The times that just about agree, and just do not agree, with `ms`. */
function atTheTolerance(ms: number): number[] {
  return [CLOCK_TOLERANCE_MS, CLOCK_TOLERANCE_MS + 1].flatMap((distance) => [ms - distance, ms + distance]);
}

/** The start and the end move only as far as the first selection makes them. */
function supposing(figures: Figures, speed: number, client: number | undefined): SupposedFigures {
  const total = Math.max(figures[TOTAL], speed);
  const firstAction = figures[FIRST_ACTION];
  const active = figures['time_metrics.active_interaction_time_ms'];
  return {
    [SPEED]: speed,
    [CLIENT]: client,
    [FIRST_ACTION]: firstAction === undefined ? undefined : Math.min(firstAction, speed),
    [TOTAL]: total,
    [HESITATION]: total === figures[TOTAL] ? figures[HESITATION] : toMicrosecond(Math.max(0, total - active)),
  };
}
