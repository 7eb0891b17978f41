import { MAX_EVENTS } from '../../../attempts/session/volume.ts';
import { besides, distinct, type FigureBlock } from '../figure-block.ts';
import type { Recorded } from '../figures.ts';

const UNIQUE = 'decision_metrics.unique_options_viewed';
const VIEWS = 'decision_metrics.options_viewed_count';
const CHANGES = 'decision_metrics.decision_change_count';

/** What a change of other figures may need besides: a submission, a selection after an odd change. */
const OTHER_EVENTS = 4;

/**
 * Which options the candidate looked at, and how often.
 *
 * Possible: as many different options viewed as the task has and as there are views, and at least one if there is a
 * view.
 */
export const viewsBlock: FigureBlock = {
  decides: [UNIQUE, VIEWS],
  figures: [UNIQUE, VIEWS],
  follows: [],
  candidates(recorded, thresholdsOf) {
    const options = recorded.task.options.length;
    const most = recorded.figures[VIEWS] + roomForMore(recorded);
    const marks = thresholdsOf(VIEWS).flatMap(besides);
    const uniques = distinct([
      recorded.figures[UNIQUE],
      ...thresholdsOf(UNIQUE).flatMap(besides),
      ...marks,
      ...[0, 1, options],
    ]);
    return uniques.flatMap((unique) =>
      distinct([recorded.figures[VIEWS], ...marks, unique])
        .filter((views) => unique >= 0 && unique <= Math.min(options, views) && views <= most)
        .filter((views) => unique > 0 || views === 0)
        .map((views) => ({ [UNIQUE]: unique, [VIEWS]: views })),
    );
  },
};

/** How often the candidate changed the selection; any number of times. */
export const changesBlock: FigureBlock = {
  decides: [CHANGES],
  figures: [CHANGES],
  follows: [],
  candidates(recorded, thresholdsOf) {
    const most = recorded.figures[CHANGES] + roomForMore(recorded);
    return thresholdsOf(CHANGES)
      .flatMap(besides)
      .filter((changes) => changes >= 0 && changes <= most)
      .map((changes) => ({ [CHANGES]: changes }));
  },
};

/**
 * How many more events of one kind the attempt may hold: half of what it has left, so that more views do not limit
 * the changes.
 */
function roomForMore({ event_count }: Recorded): number {
  return Math.max(0, Math.floor((MAX_EVENTS - OTHER_EVENTS - event_count) / 2));
}
