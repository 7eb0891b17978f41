import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UnreplayableJournal } from '../../src/errors.ts';
import type { RecordedEvent } from '../../src/events/recorded-event.ts';
import { Chain, chainedForm } from '../../src/proof/chain.ts';
import { divide, seal, unseal } from '../../src/proof/sealing.ts';
import {
  completes,
  recorded,
  selects,
  starts,
  submitsReasoning,
  taskWith,
  views,
} from '../support/recorded.ts';

const task = taskWith({ A: 'low', B: 'high' });
const TEXT = 'Because the harbour master said so.';
const events = recorded(task, [
  starts(0),
  views(900, 'A', 800.5),
  { ...selects(2000, 'B'), record: { metadata: { user_agent: 'Example/1' }, client_event_id: 'one' } },
  submitsReasoning(9000, TEXT),
  completes(9500, 'B'),
]);
const origin = { first: Buffer.alloc(32, 1), key: Buffer.alloc(32, 2) };

function link(all: readonly RecordedEvent[], from = origin): RecordedEvent[] {
  const chain = new Chain(from);
  return all.map((event) => {
    const linked = chain.link(event);
    chain.follow(linked);
    return linked;
  });
}

/** Follows events as they come back from the journal: as other objects. */
function follow(all: readonly RecordedEvent[]): void {
  const chain = new Chain(origin);
  for (const event of all) chain.follow({ ...event });
}

describe('given an attempt of five linked events', () => {
  const linked = link(events);

  it('the chain can be followed from the beginning, also without the key', () => {
    expect(() => follow(linked)).not.toThrow();
    const erased = new Chain({ ...origin, key: undefined });
    for (const event of linked) erased.follow({ ...event });
    expect(() => erased.link(events[0] as RecordedEvent)).toThrow(UnreplayableJournal);
  });

  it.each<[string, (all: RecordedEvent[]) => void, number]>([
    [
      'a changed figure',
      (all) => Object.assign(all[1] as object, { payload: { ...all[1]?.payload, duration_ms: 1 } }),
      2,
    ],
    ['a changed time', (all) => Object.assign(all[2] as object, { timestamp_server: new Date(0) }), 3],
    ['a changed order', (all) => all.splice(1, 2, all[2] as RecordedEvent, all[1] as RecordedEvent), 3],
    ['a left out first event', (all) => all.splice(0, 1), 2],
    ['a left out event in the middle', (all) => all.splice(2, 1), 4],
    ['a changed sealed part', (all) => ((all[3]?.sealed as Uint8Array)[7] = 0), 4],
    ['a removed sealed part', (all) => delete all[3]?.sealed, 4],
    ['a removed digest', (all) => delete all[4]?.digest, 5],
    ['an added flag', (all) => Object.assign(all[0] as object, { batched: true }), 1],
    [
      'an event of another attempt',
      (all) => Object.assign(all[2] as object, { attempt_id: 'ff'.repeat(12) }),
      3,
    ],
  ])('when there is %s, the chain breaks at that place', (_, change, number) => {
    const changed = linked.map((event) => ({
      ...event,
      ...(event.sealed && { sealed: Buffer.from(event.sealed) }),
    }));
    change(changed);
    const damaged = expect.objectContaining({ cause: expect.stringContaining(`event ${number} `) });
    expect(() => follow(changed)).toThrow(damaged);
  });

  it('what a candidate wrote and what describes the candidate is in no open part', () => {
    const open = JSON.stringify(linked.map((event) => chainedForm(event)));
    expect(open).not.toContain('harbour');
    expect(open).not.toContain('Example');
    expect(linked.map(({ sealed }) => sealed?.length)).toEqual([undefined, undefined, 272, 272, undefined]);
  });
});

describe('the sealed part', () => {
  const key = Buffer.alloc(32, 7);
  const event_id = '0e'.repeat(12);
  const event = { event_id, attempt_id: '0c'.repeat(12), sequence_number: 1 };
  const json = fc.dictionary(
    fc.string().filter((key) => key !== '__proto__'),
    fc.jsonValue({ stringUnit: 'grapheme' }),
    {
      noNullPrototype: true,
    },
  );

  it('gives back what was sent, and its length is a multiple of 256 bytes and the tag', () => {
    fc.assert(
      fc.property(json, json, (payload, metadata) => {
        const { open, secret } = divide({ event_type: 'task_started', payload, metadata });
        expect(open).toEqual({});
        if (!secret) {
          expect([payload, metadata]).toEqual([{}, {}]);
          return;
        }
        const sealed = seal(secret, key, event_id);
        expect(sealed.length % 256).toBe(16);
        const { payload: p = {}, metadata: m = {} } = unseal(sealed, key, event);
        expect([p, m]).toEqual(JSON.parse(JSON.stringify([payload, metadata])));
      }),
    );
  });

  it.each([240, 241, 242, 255, 256, 257])(
    'hides whether a text has one letter more (%d letters)',
    (length) => {
      const sealed = seal({ payload: { text: 'é'.repeat(length / 2) } }, key, event_id);
      const bytes = Buffer.byteLength(JSON.stringify({ payload: { text: 'é'.repeat(length / 2) } }));
      expect(sealed.length).toBe(Math.ceil(bytes / 256) * 256 + 16);
    },
  );

  it('can be opened only with its key, for its event, and unchanged', () => {
    const sealed = seal({ payload: { text: TEXT } }, key, event_id);
    expect(() => unseal(sealed, Buffer.alloc(32, 8), event)).toThrow(UnreplayableJournal);
    expect(() => unseal(sealed, key, { ...event, event_id: '0f'.repeat(12) })).toThrow(UnreplayableJournal);
    expect(() => unseal(sealed.subarray(0, -1), key, event)).toThrow(UnreplayableJournal);
    expect(() => unseal(sealed.subarray(0, 5), key, event)).toThrow(UnreplayableJournal);
  });
});
