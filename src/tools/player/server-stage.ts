import { setTimeout } from 'node:timers/promises';
import type { CandidateTask } from '../../tasks/task-view.ts';
import type { ApiClient } from '../api-client.ts';
import type { Stage } from './stage.ts';

/** A stage whose attempt can be watched. */
export type ServerStage = Stage & { candidate: ApiClient };

/**
 * Sets a stage on a running server: a fresh attempt at `task_id`, redeemed by an anonymous candidate, in real time.
 * @param staff may issue tokens
 * @throws ApiError where the server does not play along
 */
export async function serverStage(
  staff: ApiClient,
  task_id: string,
  signal?: AbortSignal,
): Promise<ServerStage> {
  const { tokens } = await staff.call<{ tokens: [{ token: string }] }>('POST', '/tokens/generate', {
    task_id,
  });
  const { token } = tokens[0];
  const { attempt, access_token, task } = await staff
    .as(undefined)
    .call<{ attempt: { attempt_id: string }; access_token: string; task: CandidateTask }>(
      'POST',
      '/attempts',
      { token },
    );
  const { attempt_id } = attempt;
  const candidate = staff.as(access_token);
  let beginning: number | undefined;
  return {
    candidate,
    attempt_id,
    options: task.options,
    reach: async (ms) => {
      beginning ??= Date.now();
      const wait = beginning + ms - Date.now();
      if (wait > 0) await setTimeout(wait, undefined, { signal });
    },
    timeOf: (ms) => new Date((beginning ?? Date.now()) + ms),
    signal,
  };
}
