import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Grouping } from '../../src/database/grouping.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Calls that take 5 ms each and answer every item with itself. */
function aGrouping(maxGroup: number) {
  const calls: { size: number; at: number }[] = [];
  const begun = Date.now();
  const grouping = new Grouping<number, number>(async (items) => {
    calls.push({ size: items.length, at: Date.now() - begun });
    await new Promise((resolve) => setTimeout(resolve, 5));
    return items;
  }, maxGroup);
  return { grouping, calls };
}

const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);

describe('what is asked for together', () => {
  it('gets its own answer, in groups no larger than allowed, whoever is patient', async () => {
    const asked = fc.array(fc.boolean(), { minLength: 1, maxLength: 200 });
    await fc.assert(
      fc.asyncProperty(asked, fc.integer({ min: 1, max: 50 }), async (patience, maxGroup) => {
        const { grouping, calls } = aGrouping(maxGroup);
        const answers = Promise.all(patience.map((patient, n) => grouping.add(n, patient)));
        await vi.runAllTimersAsync();
        expect(await answers).toEqual(upTo(patience.length));
        expect(Math.max(...calls.map(({ size }) => size))).toBeLessThanOrEqual(maxGroup);
      }),
      { numRuns: 50 },
    );
  });

  it('does not wait for company when one group cannot hold it', async () => {
    const { grouping, calls } = aGrouping(30);
    const answers = Promise.all(upTo(300).map((n) => grouping.add(n, true)));
    await vi.runAllTimersAsync();
    await answers;
    // The first item goes alone, the others are grouped: ten groups in five pairs of 5 ms each.
    expect(calls.at(-1)).toEqual({ size: 29, at: 60 });
  });

  it('waits for company where nobody waits for it', async () => {
    const { grouping, calls } = aGrouping(100);
    const first = grouping.add(0, true);
    await vi.advanceTimersByTimeAsync(5);
    const others = [grouping.add(1, true), grouping.add(2, true)];
    await vi.runAllTimersAsync();
    await Promise.all([first, ...others]);
    expect(calls).toEqual([
      { size: 1, at: 0 },
      { size: 2, at: 40 },
    ]);
  });
});

it('a call without an answer delays nobody but those it was made for', async () => {
  const answered: number[] = [];
  const grouping = new Grouping<number, number>((items) =>
    items.includes(0)
      ? new Promise((_resolve, reject) => setTimeout(() => reject(new Error('No answer')), 2800))
      : Promise.resolve(items),
  );
  const late = grouping.add(0).catch((error: Error) => error.message);
  for (const n of [1, 2, 3]) void grouping.add(n).then((answer) => answered.push(answer));
  await vi.advanceTimersByTimeAsync(150);
  expect(answered).toEqual([1, 2, 3]);
  await vi.advanceTimersByTimeAsync(2650);
  const next = grouping.add(4);
  expect(await late).toBe('No answer');
  expect(await next).toBe(4);
});

it('draining ends when nothing is waiting or under way', async () => {
  const { grouping } = aGrouping(100);
  let answered = 0;
  for (const n of upTo(1000)) void grouping.add(n, true).then(() => (answered += 1));
  let atTheEnd = 0;
  const drained = grouping.drain().then(() => {
    atTheEnd = answered;
  });
  await vi.runAllTimersAsync();
  await drained;
  expect(atTheEnd).toBe(1000);
});
