import fc from 'fast-check';
import { expect, it } from 'vitest';
import { MAX_BYTES } from '../../../src/attempts/session/volume.ts';
import { bytesOf } from '../../../src/events/event-size.ts';
import { virtualStage } from '../../../src/tools/player/virtual-stage.ts';

const task = {
  title: 'A task',
  requires_reasoning: true,
  time_limit_seconds: null,
  marks: {},
  options: { A: 'low', B: 'high' },
} as const;

/** One request: a few views with so many KiB each, alone or as a batch; or a break. */
const request = fc.oneof(
  { weight: 20, arbitrary: fc.array(fc.integer({ min: 20, max: 60 }), { minLength: 1, maxLength: 12 }) },
  { weight: 1, arbitrary: fc.constant('break' as const) },
);

it('an attempt takes exactly what fits, in whatever requests it arrives, and can always be completed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(request, { minLength: 30, maxLength: 60 }), async (requests) => {
      const { candidate, attempt_id, options, timeOf } = await virtualStage(task);
      const [option] = options;
      const { option_id, option_code } = option ?? { option_id: '', option_code: '' };
      const event = (event_type: string, payload: object) => ({
        attempt_id,
        event_type,
        timestamp_client: timeOf(0).toISOString(),
        payload,
      });
      const view = (kib: number) =>
        event('option_viewed', { option_id, option_code, duration_ms: 1, text: 'x'.repeat(kib * 1024) });
      const post = (body: object) =>
        candidate.call<{ acknowledged: boolean; code?: string }>('POST', '/events', body);
      await post(event('task_started', {}));
      await post(event('option_selected', { option_id, option_code }));

      let bytes = [{}, { option_id, option_code }].reduce(
        (sum, payload) => sum + bytesOf({ payload, metadata: {} }),
        0,
      );
      let isAbandoned = false;
      for (const asked of requests) {
        if (asked === 'break') {
          const { acknowledged } = await post(event('task_abandoned', {}));
          expect(acknowledged).toBe(!isAbandoned);
          if (acknowledged) bytes += bytesOf({ payload: {}, metadata: {} });
          isAbandoned = true;
          continue;
        }
        const events = asked.map(view);
        const { results } = await candidate.call<{ results: { acknowledged: boolean; code?: string }[] }>(
          'POST',
          '/events/batch',
          { events },
        );
        let isStopped = false;
        for (const [index, posted] of events.entries()) {
          const size = bytesOf({ payload: posted.payload, metadata: {} });
          if (!isStopped && bytes + size <= MAX_BYTES) {
            expect(results[index]?.acknowledged).toBe(true);
            bytes += size;
            isAbandoned = false;
          } else {
            expect(results[index]?.code).toBe(isStopped ? 'not_tried' : 'attempt_full');
            isStopped = true;
          }
        }
      }
      const completion = await candidate.call('POST', `/attempts/${attempt_id}/complete`, {});
      expect(completion).toMatchObject({ acknowledged: true });
    }),
    { numRuns: 12 },
  );
});

it('what an event counts for does not depend on the order of its keys or on what is undefined', () => {
  const json = fc.dictionary(fc.string(), fc.jsonValue() as fc.Arbitrary<unknown>);
  fc.assert(
    fc.property(json, (payload) => {
      const reordered = Object.fromEntries(Object.entries(payload).reverse());
      const read = JSON.parse(JSON.stringify(payload)) as object;
      const expected = bytesOf({ payload, metadata: {} } as never);
      expect(bytesOf({ payload: { ...reordered, none: undefined }, metadata: {} } as never)).toBe(expected);
      expect(bytesOf({ payload: read, metadata: {} } as never)).toBe(expected);
    }),
  );
});
