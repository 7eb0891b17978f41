import { onPageChange } from './browser.ts';
import { Clock } from './clock.ts';
import { Connection } from './connection.ts';
import {
  type Access,
  type Invitation,
  type Kept,
  keepAccess,
  keepInvitation,
  keptOf,
  write,
} from './keeping.ts';
import { Refused } from './requests.ts';
import { Tabs } from './tabs.ts';
import type { OptionReference, PostedEvent, Standing, Task } from './vocabulary.ts';

/** What the server tells of an attempt to whoever comes to it, or comes back. */
export interface AttemptAnswer extends Standing {
  attempt_id: string;
  task_id: string;
  current_selection: OptionReference | null;
  reasoning_text: string | null;
}

/** An attempt that this page has access to. */
export interface Opened {
  kept: Kept;
  task: Task;
  tabs: Tabs;
  clock: Clock;
  connection: Connection;
  answer: AttemptAnswer;
}

export type WayIn = Invitation | Access;

/** By what this browser knows the attempt. */
export const keyOf = (way: WayIn): string => ('token' in way ? way.token : way.attempt_id);

/**
 * Redeems a token or enters with an access token, or finds what this tab or another one keeps of the attempt. Tries
 * until there is an answer.
 * @throws Refused
 */
export async function open(url: string, way: WayIn, onOtherTab?: () => void): Promise<Opened> {
  const tabs = new Tabs(keyOf(way), onOtherTab);
  const other = await tabs.ask();
  const kept =
    'token' in way
      ? (keptOf(way.token) ?? keepInvitation(url, way, other?.redemption_id))
      : keepAccess(url, way);
  kept.waiting = mergeWaiting(other?.waiting ?? [], kept.waiting);
  write(kept);
  tabs.answer(() => ({ redemption_id: kept.redemption?.redemption_id, waiting: kept.waiting }));
  const clock = new Clock();
  const connection = new Connection(kept, clock);
  const comeBack = () => connection.tryNow();
  onPageChange(comeBack, comeBack);
  try {
    if (!kept.access_token) await redeemAsOneOf(tabs, connection, kept);
    const answer = (await connection.readAttempt()) as unknown as AttemptAnswer;
    const task = kept.task ?? (await connection.readTask(answer.task_id));
    return { kept, task, tabs, clock, connection, answer };
  } catch (error) {
    tabs.close();
    throw error;
  }
}

/** Redeems the token; where another tab did so at the same moment, by its `redemption_id`. @throws Refused */
async function redeemAsOneOf(tabs: Tabs, connection: Connection, { redemption }: Kept): Promise<void> {
  try {
    await connection.redeem();
  } catch (error) {
    const other = error instanceof Refused && error.code === 'token_used' ? await tabs.ask(true) : undefined;
    if (!redemption || !other?.redemption_id || other.redemption_id === redemption.redemption_id) throw error;
    redemption.redemption_id = other.redemption_id;
    await connection.redeem();
  }
}

/** Two tabs' waiting events, in order: a tab that comes later first sends what the earlier one has not sent yet. */
function mergeWaiting(others: readonly PostedEvent[], own: readonly PostedEvent[]): PostedEvent[] {
  const known = new Set(others.map(({ client_event_id }) => client_event_id));
  return [...others, ...own.filter(({ client_event_id }) => !known.has(client_event_id))];
}
