import { onPageChange } from './browser.ts';
import { Clock } from './clock.ts';
import { Connection } from './connection.ts';
import { beginKeeping, type Kept, keptOf, write } from './keeping.ts';
import { Refused } from './requests.ts';
import { Tabs } from './tabs.ts';
import type { OptionReference, PostedEvent, Standing } from './vocabulary.ts';

/** What the server tells of an attempt to whoever comes to it, or comes back. */
export interface AttemptAnswer extends Standing {
  current_selection: OptionReference | null;
  reasoning_text: string | null;
}

/** An attempt whose token is redeemed. */
export interface Opened {
  kept: Kept;
  tabs: Tabs;
  clock: Clock;
  connection: Connection;
  answer: AttemptAnswer;
}

/**
 * Redeems a token, or finds what this tab or another one keeps of it. Tries until there is an answer.
 * @throws Refused
 */
export async function open(url: string, token: string, onOtherTab?: () => void): Promise<Opened> {
  const tabs = new Tabs(token, onOtherTab);
  const other = await tabs.ask();
  const kept = keptOf(token) ?? beginKeeping(url, token, other?.redemption_id);
  kept.waiting = mergeWaiting(other?.waiting ?? [], kept.waiting);
  write(kept);
  tabs.answer(() => ({ redemption_id: kept.redemption_id, waiting: kept.waiting }));
  const clock = new Clock();
  const connection = new Connection(kept, clock);
  const comeBack = () => connection.tryNow();
  onPageChange(comeBack, comeBack);
  try {
    if (!kept.access_token) await redeemAsOneOf(tabs, connection, kept);
    const answer = (await connection.read()) as unknown as AttemptAnswer;
    return { kept, tabs, clock, connection, answer };
  } catch (error) {
    tabs.close();
    throw error;
  }
}

/** Redeems the token; where another tab did so at the same moment, by its `redemption_id`. @throws Refused */
async function redeemAsOneOf(tabs: Tabs, connection: Connection, kept: Kept): Promise<void> {
  try {
    await connection.redeem();
  } catch (error) {
    const other = error instanceof Refused && error.code === 'token_used' ? await tabs.ask() : undefined;
    if (!other || other.redemption_id === kept.redemption_id) throw error;
    kept.redemption_id = other.redemption_id;
    await connection.redeem();
  }
}

/** Two tabs' waiting events, in order: a tab that comes later first sends what the earlier one has not sent yet. */
function mergeWaiting(others: readonly PostedEvent[], own: readonly PostedEvent[]): PostedEvent[] {
  const known = new Set(others.map(({ client_event_id }) => client_event_id));
  return [...others, ...own.filter(({ client_event_id }) => !known.has(client_event_id))];
}
