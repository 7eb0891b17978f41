import { type Collection, ObjectId } from 'mongodb';
import { isDuplicateKey } from '../database/errors.ts';
import { tooManyRequests } from '../errors.ts';
import type { IssuingQuotaDocument } from './collections.ts';

const DAY_MS = 86_400_000;

/**
 * How many tokens one account may issue in 24 hours. Counted in the database, so that a restart forgets nothing and
 * several processes count together; one update checks and counts, so that calls at the same moment cannot get around it.
 */
export class IssuingQuotaStore {
  readonly #quotas: Collection<IssuingQuotaDocument>;
  readonly #perDay: number;

  constructor(quotas: Collection<IssuingQuotaDocument>, perDay: number) {
    this.#quotas = quotas;
    this.#perDay = perDay;
  }

  /** Counts tokens that are about to be issued. @throws Refusal 429 with the seconds until the next day begins */
  async take(user_id: string, count: number, now = new Date()): Promise<void> {
    if (count > this.#perDay) throw tooManyRequests(`One account may issue ${this.#perDay} tokens a day.`);
    const account = { _id: new ObjectId(user_id) };
    const dayAgo = new Date(now.getTime() - DAY_MS);
    const fits = {
      ...account,
      $or: [{ since: { $lte: dayAgo } }, { count: { $lte: this.#perDay - count } }],
    };
    // Without a document `since` is missing, which is less than any time.
    const isNewDay = { $lte: ['$since', dayAgo] };
    const counted = {
      since: { $cond: [isNewDay, now, '$since'] },
      count: { $cond: [isNewDay, count, { $add: ['$count', count] }] },
    };
    const tryToCount = async (upsert: boolean) => {
      const { matchedCount, upsertedCount } = await this.#quotas.updateOne(fits, [{ $set: counted }], {
        upsert,
      });
      return matchedCount + upsertedCount === 1;
    };
    const isCounted = await tryToCount(true).catch((error: unknown) => {
      // There is a document: the quota is used up, or another call has just made the first one.
      if (isDuplicateKey(error)) return tryToCount(false);
      throw error;
    });
    if (!isCounted) throw await this.#refusal(account, now);
  }

  async #refusal(account: { _id: ObjectId }, now: Date) {
    const quota = await this.#quotas.findOne(account);
    const { since = now, count = this.#perDay } = quota ?? {};
    const retry_after = Math.max(1, Math.ceil((since.getTime() + DAY_MS - now.getTime()) / 1000));
    const used = `You have issued ${count} of the ${this.#perDay} tokens that one account may issue in 24 hours`;
    return tooManyRequests(
      `${used}; fewer tokens may still fit, and the next day begins in ${retry_after} s.`,
      {
        retry_after,
      },
    );
  }
}
