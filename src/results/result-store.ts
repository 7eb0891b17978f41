import { type Collection, ObjectId } from 'mongodb';
import { GroupedInserts } from '../database/grouped-writes.ts';
import type { ComputedMetricsDocument, SkillProfileDocument } from './collections.ts';
import type { AnyInterpretation, AnyMetrics } from './versions.ts';

export type SavedMetrics = AnyMetrics & { attempt_id: string; computed_at: Date };
export type SavedProfile = AnyInterpretation & {
  attempt_id: string;
  user_id: string;
  task_id: string;
  computed_at: Date;
};

/** Metrics and skill profiles, each written once per attempt: whoever saves first, that stays. */
export class ResultStore {
  readonly #metrics: Collection<ComputedMetricsDocument>;
  readonly #profiles: Collection<SkillProfileDocument>;
  readonly #newMetrics: GroupedInserts<ComputedMetricsDocument>;
  readonly #newProfiles: GroupedInserts<SkillProfileDocument>;

  constructor(metrics: Collection<ComputedMetricsDocument>, profiles: Collection<SkillProfileDocument>) {
    this.#metrics = metrics;
    this.#profiles = profiles;
    this.#newMetrics = new GroupedInserts(metrics);
    this.#newProfiles = new GroupedInserts(profiles);
  }

  /** @returns false when metrics of this attempt had been saved before. */
  async saveMetrics(attempt_id: string, metrics: AnyMetrics): Promise<boolean> {
    const document = {
      _id: new ObjectId(),
      attempt_id: new ObjectId(attempt_id),
      ...metrics,
      computed_at: new Date(),
    };
    return (await this.#newMetrics.insert(document, true)) === 'written';
  }

  async saveProfile(
    of: { attempt_id: string; user_id: string; task_id: string },
    profile: AnyInterpretation,
  ): Promise<void> {
    const document = {
      _id: new ObjectId(),
      attempt_id: new ObjectId(of.attempt_id),
      user_id: new ObjectId(of.user_id),
      task_id: new ObjectId(of.task_id),
      ...profile,
      computed_at: new Date(),
    };
    await this.#newProfiles.insert(document, true);
  }

  async findMetrics(attempt_id: string): Promise<SavedMetrics | undefined> {
    const found = await this.#metrics.findOne({ attempt_id: new ObjectId(attempt_id) });
    if (!found) return undefined;
    const { _id, ...metrics } = found;
    return { ...metrics, attempt_id };
  }

  async findProfile(attempt_id: string): Promise<SavedProfile | undefined> {
    const found = await this.#profiles.findOne({ attempt_id: new ObjectId(attempt_id) });
    return found ? toProfile(found) : undefined;
  }

  /** The profiles of all completed attempts of a user, the earliest first. */
  async profilesOf(user_id: string): Promise<SavedProfile[]> {
    const found = await this.#profiles
      .find({ user_id: new ObjectId(user_id) })
      .sort({ computed_at: 1, _id: 1 })
      .toArray();
    return found.map(toProfile);
  }
}

function toProfile({ _id, attempt_id, user_id, task_id, ...profile }: SkillProfileDocument): SavedProfile {
  return {
    ...profile,
    attempt_id: attempt_id.toHexString(),
    user_id: user_id.toHexString(),
    task_id: task_id.toHexString(),
  };
}
