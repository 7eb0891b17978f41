import type { UserProfile } from './answers.ts';
import type { SavedProfile } from './result-store.ts';

type SkillCode = SavedProfile['inferred_skills'][number]['skill_code'];
type BehavioralSummary = SavedProfile['behavioral_summary'];

type SummaryCount = NonNullable<UserProfile['behavioral_summary'][keyof BehavioralSummary]>;

/**
 * Adds up the profiles of one user, of whatever version; `profiles` in the order of the attempts. Nothing is weighed
 * or averaged, and a limited reliability is told in the profile itself.
 */
export function aggregate(user_id: string, profiles: readonly SavedProfile[]): UserProfile {
  const skills = new Map<SkillCode, UserProfile['skills'][number]>();
  for (const { attempt_id, inferred_skills } of profiles) {
    for (const { skill_code, skill_label } of inferred_skills) {
      const skill = skills.get(skill_code) ?? { skill_code, skill_label, count: 0, attempt_ids: [] };
      skill.count += 1;
      skill.attempt_ids.push(attempt_id);
      skills.set(skill_code, skill);
    }
  }
  const fields = Object.keys(profiles[0]?.behavioral_summary ?? {}) as (keyof BehavioralSummary)[];
  return {
    user_id,
    attempt_count: profiles.length,
    skills: [...skills.values()],
    behavioral_summary: Object.fromEntries(
      fields.map((field) => [
        field,
        countValues(profiles.map((profile) => profile.behavioral_summary[field])),
      ]),
    ),
  };
}

function countValues(values: readonly string[]): SummaryCount {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  const highest = Math.max(...Object.values(counts));
  const most_frequent = values.findLast((value) => counts[value] === highest) ?? '';
  return { counts, most_frequent };
}
