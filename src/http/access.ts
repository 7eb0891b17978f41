import type { Caller, Role } from '../caller.ts';
import { forbidden, notAuthenticated } from '../errors.ts';
import type { RequestState } from './context.ts';
import type { Who } from './operation.ts';
import { type Step, withFacts } from './routes.ts';

/** The caller of a route that requires an account and accepts no attempt token. */
export type AccountCaller = Extract<Caller, { kind: 'account' }>;

/** Step: anyone may call; credentials are ignored. */
export const anyone: Step = withFacts({ who: 'anyone' }, (_ctx, next) => next());

/** Step: anyone with valid credentials may call, for an account or for one attempt. */
export const anyCaller: Step<{ caller: Caller }> = withFacts(
  { who: 'any credentials', refuses: [notAuthenticated] },
  async (ctx, next) => {
    callerOf(ctx.state);
    await next();
  },
);

/** Step: any account may call. */
export const anyAccount: Step<{ caller: AccountCaller }> = withFacts(
  { who: 'any account', refuses: [notAuthenticated, forbidden] },
  async (ctx, next) => {
    accountOf(ctx.state);
    await next();
  },
);

/** Step: recruiters and administrators may call. */
export const staff = accountsWithRole('staff', ['recruiter', 'admin']);

/** Step: administrators may call. */
export const admin = accountsWithRole('admin', ['admin']);

/** @throws Refusal 401 if the credentials are missing or not valid. */
export function callerOf(state: RequestState): Caller {
  refuseBadCredentials(state);
  if (!state.caller) throw notAuthenticated('Credentials are required: "Authorization: Bearer TOKEN".');
  return state.caller;
}

export const isStaff = (caller: Caller): boolean => caller.kind === 'account' && caller.role !== 'candidate';

function accountsWithRole(who: Who, roles: Role[]): Step<{ caller: AccountCaller }> {
  return withFacts({ who, refuses: [notAuthenticated, forbidden] }, async (ctx, next) => {
    if (!roles.includes(accountOf(ctx.state).role)) {
      throw forbidden(`Only ${roles.join(' or ')} accounts may do this.`);
    }
    await next();
  });
}

/** @throws Refusal 401; 403 for an attempt token */
function accountOf(state: RequestState): AccountCaller {
  const caller = callerOf(state);
  if (caller.kind !== 'account')
    throw forbidden('This requires an account; the token is for one attempt only.');
  return caller;
}

function refuseBadCredentials({ credentialsRefused }: RequestState): void {
  if (credentialsRefused) throw credentialsRefused;
}
