import type { Caller } from '../caller.ts';
import { forbidden, notAuthenticated } from '../errors.ts';
import { callerOf, isStaff } from '../http/access.ts';
import { type Step, withFacts } from '../http/routes.ts';

/** What is asked of the attempts. */
export interface TaskReaders {
  /** The id of the caller's own attempt, redeemed at whatever time, if it is at this version of a task. */
  findRedeemedAt(caller: Caller, task_id: string): Promise<string | undefined>;
}

/**
 * Step: staff may call, and candidates once they have redeemed a token for the version in the path: who reads the
 * scenario before that thinks about it unobserved. Does not tell candidates which tasks exist.
 * @throws Refusal 403 `forbidden`
 */
export function taskReader(attempts: TaskReaders): Step<{ caller: Caller; path: { task_id: string } }> {
  return withFacts(
    { who: 'staff, candidates after redeeming', refuses: [notAuthenticated, forbidden] },
    async (ctx, next) => {
      const caller = callerOf(ctx.state);
      if (!isStaff(caller) && !(await attempts.findRedeemedAt(caller, ctx.state.path.task_id))) {
        throw forbidden('Candidates may read a task once they have redeemed a token for it.');
      }
      await next();
    },
  );
}
