import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { currentMachine } from '../../../machines/index.ts';
import { AttemptFeed, type AttemptNews } from '../../../src/attempts/session/feed.ts';
import { viewOf } from '../../../src/attempts/session/machine-state.ts';
import { initialState } from '../../../src/attempts/session/machine-steps.ts';
import { recorded, starts, taskWith, views } from '../../support/recorded.ts';

const task = taskWith({ A: 'low', B: 'high' });
const view = viewOf(initialState(currentMachine, { attempt_id: 'a1', requires_reasoning: true }));
const news = recorded(task, [starts(0), ...Array.from({ length: 299 }, () => views(1, 'A', 1))]).map(
  (event): AttemptNews => ({
    kind: 'event_recorded',
    event,
    view: { ...view, sequence_number: event.sequence_number },
  }),
);
const [first, second] = news as [AttemptNews, AttemptNews];

/** A feed with so many listeners of one attempt, and what each of them heard. */
function aFeed(listeners: number) {
  const feed = new AttemptFeed();
  const heard = Array.from({ length: listeners }, () => [] as AttemptNews[]);
  const leave = heard.map((mine) => feed.subscribe('a1', (told) => mine.push(told)));
  const told = () => heard.reduce((sum, mine) => sum + mine.length, 0);
  /** Lets the event loop turn until nothing more is told. @returns how many were told at once and in each turn */
  const turns = async () => {
    const counts = [told()];
    for (let before = told(); ; before = told()) {
      await setImmediate();
      const count = told() - before;
      if (count === 0) return counts;
      counts.push(count);
    }
  };
  return { feed, heard, leave, told, turns };
}

it('a few listeners are told at once', () => {
  const { feed, heard } = aFeed(20);
  feed.publish('a1', first);
  expect(heard).toEqual(Array(20).fill([first]));
});

describe('given a thousand listeners', () => {
  it('then each hears all news in order, and no turn of the event loop is taken by more than a few of them', async () => {
    const { feed, heard, turns } = aFeed(1000);
    for (const each of news.slice(0, 5)) feed.publish('a1', each);
    const counts = await turns();
    expect(heard).toEqual(Array(1000).fill(news.slice(0, 5)));
    expect(Math.max(...counts)).toBeLessThanOrEqual(100);
  });

  it('when another attempt has news, then its listeners need not wait', async () => {
    const { feed, told } = aFeed(1000);
    const other: AttemptNews[] = [];
    feed.subscribe('a2', (mine) => other.push(mine));
    for (const each of news.slice(0, 20)) feed.publish('a1', each);
    feed.publish('a2', first);
    expect(other).toEqual([first]);
    expect(told()).toBeLessThanOrEqual(50);
  });

  it('when some leave and others come meanwhile, then those hear no more, and these only what happens later', async () => {
    const { feed, heard, leave, turns } = aFeed(1000);
    feed.publish('a1', first);
    leave[999]?.();
    const late: AttemptNews[] = [];
    feed.subscribe('a1', (mine) => late.push(mine));
    feed.publish('a1', second);
    await turns();
    expect(heard[999]).toEqual([]);
    expect(heard[998]).toEqual([first, second]);
    expect(late).toEqual([second]);
  });

  it('when news come faster than they can be told, then few are kept, and the last says where the attempt stands', async () => {
    const { feed, heard, turns } = aFeed(1000);
    for (const each of news) feed.publish('a1', each);
    feed.publish('a1', { kind: 'results_saved' });
    await turns();
    for (const mine of heard) {
      expect(mine.length).toBeLessThanOrEqual(101);
      expect(mine.at(-1)).toEqual({ kind: 'caught_up', view: { ...view, sequence_number: 300 } });
    }
  });
});
