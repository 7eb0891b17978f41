import { setTimeout } from 'node:timers/promises';
import type { CandidateTask } from '../../tasks/task-view.ts';
import type { ApiClient } from '../api-client.ts';
import type { Stage } from './stage.ts';

/** A stage whose attempt can be watched. */
export type ServerStage = Stage & { candidate: ApiClient };

type Issued = { tokens: [{ token: string }] };
type Redeemed = { attempt: { attempt_id: string }; access_token: string; task: CandidateTask };

/**
 * Sets a stage on a running server: a fresh attempt, redeemed by an anonymous candidate, in real time. `staff` may
 * issue tokens. @throws ApiError where the server does not play along
 */
export async function serverStage(
  staff: ApiClient,
  task_id: string,
  signal?: AbortSignal,
): Promise<ServerStage> {
  const issued = await staff.call<Issued>('POST', '/tokens/generate', { task_id });
  const { token } = issued.tokens[0];
  const { attempt, access_token, task } = await staff
    .as(undefined)
    .call<Redeemed>('POST', '/attempts', { token });
  const candidate = staff.as(access_token);
  let beginning: { moment: number; clock: number } | undefined;
  return {
    candidate,
    attempt_id: attempt.attempt_id,
    options: task.options,
    reach: async (ms) => {
      beginning ??= { moment: Date.now(), clock: performance.now() };
      const wait = beginning.clock + ms - performance.now();
      if (wait > 0) await setTimeout(wait, undefined, { signal });
    },
    timeOf: (ms) => new Date((beginning?.moment ?? Date.now()) + ms),
    signal,
  };
}
