import { type Collection, type Filter, ObjectId } from 'mongodb';
import { NEWEST_FIRST, type Page, type PageRequest, periodFilter, readPage } from '../../database/pages.ts';
import { ATTEMPT_STATUSES, type Attempt, type AttemptStatus } from '../attempt.ts';
import { toAttempt } from './attempt-store.ts';
import { type AttemptDocument, TOKEN_USES, type TokenUse } from './collection.ts';

/** Which attempts to list. An absent field does not restrict. `from` and `to` refer to when the token was issued. */
export interface AttemptFilter {
  task_id?: string | undefined;
  status?: AttemptStatus | readonly AttemptStatus[] | undefined;
  user_id?: string | undefined;
  issued_by?: string | undefined;
  candidate_email?: string | undefined;
  /** What became of the token. */
  use?: TokenUse | undefined;
  from?: Date | undefined;
  to?: Date | undefined;
}

/** Attempts in pages, newest first. Every filter is answered from one index, however many attempts are stored. */
export class AttemptList {
  readonly #attempts: Collection<AttemptDocument>;

  constructor(attempts: Collection<AttemptDocument>) {
    this.#attempts = attempts;
  }

  /** @param more conditions without an index, checked document by document; few documents may fail them */
  async page(
    filter: AttemptFilter,
    page: PageRequest,
    more: Filter<AttemptDocument> = {},
  ): Promise<Page<Attempt>> {
    const which = { ...conditions(filter), ...more };
    const { items, next_cursor } = await readPage(
      this.#attempts,
      which,
      NEWEST_FIRST,
      page,
      indexFor(filter),
    );
    return { items: items.map(toAttempt), next_cursor };
  }
}

function conditions(filter: AttemptFilter): Filter<AttemptDocument> {
  const { task_id, status = ATTEMPT_STATUSES, user_id, issued_by, candidate_email, use } = filter;
  return {
    ...(task_id && { task_id: new ObjectId(task_id) }),
    // An attempt with a user is always redeemed; the condition is needed to use the partial index by user.
    ...(user_id && { user_id: new ObjectId(user_id), redeemed_at: { $type: 'date' } }),
    ...(issued_by && { issued_by: new ObjectId(issued_by) }),
    ...(candidate_email && { candidate_email }),
    ...(use && TOKEN_USES[use]),
    // Always given, so that indexes containing the status serve every filter: four ranges are merged in order.
    status: typeof status === 'string' ? status : { $in: [...status] },
    ...periodFilter(filter),
  };
}

/** One person has few attempts, so further filters on them need no index of their own. */
function indexFor({ task_id, user_id, issued_by, candidate_email, use }: AttemptFilter): string {
  if (user_id) return 'by_user';
  if (candidate_email) return 'by_candidate_email';
  return `${use ? `${use}_` : ''}by_${issued_by ? 'issuer_' : ''}${task_id ? 'task_' : ''}status`;
}
