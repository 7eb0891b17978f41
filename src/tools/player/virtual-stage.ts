import { setImmediate } from 'node:timers/promises';
import { completeAttempt, refuseTooLarge, takeBatch, takeEvent, verdictOf } from '../../attempts/intake.ts';
import type { Acknowledgement } from '../../attempts/session/recording.ts';
import { Refusal } from '../../errors.ts';
import type { SimulatedTask } from '../scenario/scenario.ts';
import { virtualTask } from '../scenario/simulated-task.ts';
import type { Answer, PostedEvent, Results, Stage, View } from './stage.ts';
import { openVirtualSession, type VirtualSession } from './virtual-session.ts';

/** When every virtual attempt begins; any moment would do, but the same one makes all runs the same. */
const BEGINNING = Date.UTC(2025, 0, 15, 10, 0, 0);

/** Sets a stage in virtual time, on which a step takes microseconds and the clock moves only by `reach`. */
export async function virtualStage(simulated: SimulatedTask): Promise<Stage> {
  let elapsed = 0;
  const timeOf = (ms: number) => new Date(BEGINNING + ms);
  const task = virtualTask(simulated);
  const virtual = await openVirtualSession(task, () => timeOf(elapsed));
  const { session } = virtual;
  // Through JSON, because that is what is left of an event on its way to a server.
  const onTheWire = (event: PostedEvent): unknown =>
    JSON.parse(JSON.stringify({ ...event, attempt_id: session.attempt.attempt_id }));
  return {
    optionIds: new Map(task.options.map((option) => [option.option_code, option.option_id])),
    reach: async (ms) => {
      elapsed = ms;
    },
    timeOf,
    submit: (event) =>
      answerTo(async () => {
        const body = onTheWire(event);
        refuseTooLarge(body);
        return takeEvent(session, body);
      }),
    submitBatch: (events) => takeBatch(session, events.map(onTheWire)),
    complete: (details) => answerTo(() => completeAttempt(session, details)),
    view: () => settled(virtual),
    results: async () => resultsOf(virtual),
    leave: () => session.stop(),
  };
}

/** The answer to one event that is sent alone. @throws whatever is no refusal: the server would have failed. */
async function answerTo(take: () => Promise<Acknowledgement>): Promise<Answer> {
  try {
    return verdictOf(await take());
  } catch (error) {
    if (error instanceof Refusal) return verdictOf(error);
    throw error;
  }
}

async function settled(virtual: VirtualSession): Promise<View> {
  const { session } = virtual;
  while (!session.isIdle) {
    if (virtual.failure !== undefined) throw virtual.failure;
    await setImmediate();
  }
  return session.view;
}

function resultsOf({ results }: VirtualSession): Results {
  if (!results) throw new Error('The attempt is not completed.');
  return results;
}
