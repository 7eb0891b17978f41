import type { ExplainedProfile } from '../player/stage.ts';
import { missingIn, skillsOf } from './skill-gaps.ts';
import { duration, listed, type Paint, wrap } from './text.ts';

/** How fast an attempt is played and what its persona shows at a person's pace. */
export interface Run {
  /** Milliseconds that the attempt takes a person. */
  person_ms: number;
  /** Milliseconds that it takes here. */
  run_ms: number;
  in_real_time: ExplainedProfile;
}

const isHurried = ({ person_ms, run_ms }: Run) => run_ms < person_ms;

/**
 * What the screen says before a run: how long it takes, and what a hurried one cannot show.
 * @param expected what the run is going to show at its own pace.
 */
export function beforehand(run: Run, expected: ExplainedProfile, paint: Paint): string[] {
  const { person_ms, run_ms, in_real_time } = run;
  const skills = listed(skillsOf(in_real_time));
  if (!isHurried(run)) return wrap(`Real time: it takes ${duration(person_ms)} and should show ${skills}.`);
  const hurried = wrap(
    `Hurried: what takes a person ${duration(person_ms)} is played in about ${duration(run_ms)}. The server ` +
      'is not told: it goes by its own clock, and the marks of its rules are seconds of a real person.',
  );
  const missing = missingIn(expected, in_real_time, 'will be about');
  const surplus = missingIn(in_real_time, expected, 'is');
  if (missing.length + surplus.length === 0) {
    return [...hurried, ...wrap(`This persona shows the same skills either way: ${skills}.`)];
  }
  const warnings = [
    ...missing.map(({ skill_code, why_not }) => `It cannot show ${skill_code}: ${why_not}.`),
    ...surplus.map(({ skill_code }) => `It will show ${skill_code}, which comes of the hurry alone.`),
    `To see what the persona really shows (${skills}): --real-time`,
  ];
  return [
    ...hurried,
    ...warnings.flatMap((warning) => wrap(warning, '  - ').map((line) => paint('yellow', line))),
  ];
}

/** What the screen says after a run: where the profile differs from the persona's in real time, and why. */
export function afterwards(run: Run, observed: ExplainedProfile, paint: Paint): string[] {
  const missing = missingIn(observed, run.in_real_time, 'was');
  const surplus = missingIn(run.in_real_time, observed, 'is');
  const shown = skillsOf(observed);
  const same = skillsOf(run.in_real_time).filter((code) => shown.includes(code));
  const wanted = isHurried(run) ? 'As in real time' : 'As it should';
  const agreement = wrap(`${wanted}, it shows ${listed(same) || 'none of the persona’s skills'}.`, '  ');
  const differences = [
    ...missing.map(({ skill_code, why_not }) => `It does not show ${skill_code}: ${why_not}.`),
    ...surplus.map(
      ({ skill_code, why_not }) => `Only here it shows ${skill_code}: in real time, ${why_not}.`,
    ),
  ];
  const times =
    'The decision, hesitation and total times above are those of the run, not of a person; for these: --real-time';
  return [
    ...(differences.length === 0 ? agreement.map((line) => paint('green', line)) : agreement),
    ...differences.flatMap((difference) => wrap(difference, '  - ').map((line) => paint('yellow', line))),
    ...(isHurried(run) ? wrap(times, '  ') : []),
  ];
}
