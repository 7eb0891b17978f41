import fc from 'fast-check';
import type { RecordedEvent } from '../../../src/events/recorded-event.ts';
import type { Task } from '../../../src/tasks/task.ts';
import { RISK_TAGS } from '../../../src/tasks/task.ts';
import {
  abandons,
  changes,
  completes,
  inBatch,
  onClientClock,
  recorded,
  type Step,
  selects,
  starts,
  startsReasoning,
  submitsReasoning,
  taskWith,
  views,
} from '../../support/recorded.ts';

const CODES = [...'ABCDEFGHIJKL'];
const WORDS = ['because', 'however', 'as a result', 'risk', 'cost', 'safe,', 'Therefore', '\n', '—'];

const act = fc.record({
  does: fc.constantFrom('view', 'view', 'select', 'change', 'start', 'submit', 'abandon'),
  option: fc.nat(),
  after_ms: fc.oneof(fc.nat(3_000), fc.nat(60_000)),
  duration_ms: fc.oneof(fc.nat(8_000), fc.double({ min: 0, max: 8_000, noNaN: true })),
  words: fc.array(fc.constantFrom(...WORDS), { maxLength: 80 }),
  clock_error_ms: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.integer({ min: -3_000, max: 3_000 })),
  batched: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, fc.boolean()),
});

/** Any attempt that the rules of order allow, at any task of two to twelve options. */
export const legalAttempts: fc.Arbitrary<{ task: Task; events: RecordedEvent[] }> = fc
  .record({
    risks: fc.array(fc.constantFrom(...RISK_TAGS), { minLength: 2, maxLength: CODES.length }),
    time_limit_seconds: fc.option(fc.integer({ min: 1, max: 300 })),
    acts: fc.array(act, { maxLength: 40 }),
  })
  .map(({ risks, time_limit_seconds, acts }) => {
    const codes = CODES.slice(0, risks.length);
    const task = taskWith(Object.fromEntries(codes.map((code, i) => [code, risks[i] ?? 'low'])), {
      time_limit_seconds,
    });
    const steps: Step[] = [starts(0)];
    let now = 0;
    let selected: string | undefined;
    for (const { does, option, after_ms, duration_ms, words, clock_error_ms, batched } of acts) {
      const code = codes[option % codes.length] ?? 'A';
      now += after_ms;
      let step: Step | undefined;
      if (does === 'view') step = views(now, code, duration_ms);
      if (does === 'start') step = startsReasoning(now);
      if (does === 'submit') step = submitsReasoning(now, words.join(' '));
      if (does === 'abandon') step = abandons(now);
      if (does === 'change' && selected && selected !== code) step = changes(now, selected, code);
      if (does === 'select') step = selects(now, code);
      if (!step) continue;
      if (does === 'change' || does === 'select') selected = code;
      step = onClientClock(now + clock_error_ms, step);
      steps.push(batched ? inBatch(step) : step);
    }
    if (!selected) steps.push(selects(now, 'A'));
    steps.push(completes(now + 500, selected ?? 'A'));
    return { task, events: recorded(task, steps) };
  });
