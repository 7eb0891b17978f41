import type { Scenario } from '../scenario/scenario.ts';
import { play } from './play.ts';
import type { Results } from './stage.ts';
import { virtualStage } from './virtual-stage.ts';

/** What a scenario would lead to, without any waiting. @throws Error where it does not complete its attempt. */
export async function rehearse({ task, steps }: Pick<Scenario, 'task' | 'steps'>): Promise<Results> {
  const { results } = await play({ steps }, await virtualStage(task));
  if (!results) throw new Error('A scenario without a completion has no results to rehearse.');
  return results;
}
