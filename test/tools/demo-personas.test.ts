import { describe, expect, it } from 'vitest';
import { RULES } from '../../src/results/interpretation/rules.ts';
import { exampleTasks } from '../../src/tasks/example-tasks.ts';
import type { Task } from '../../src/tasks/task.ts';
import { rehearse } from '../../src/tools/player/virtual-stage.ts';
import { missingIn, skillsOf } from '../../src/tools/report/pace.ts';
import { scenarioOf } from '../../src/tools/scenario/persona-scenario.ts';
import { DEFAULT_PERSONA, type Persona, personas } from '../../src/tools/scenario/personas.ts';
import { taskWith } from '../support/recorded.ts';

const withIds = (content: (typeof exampleTasks)[number]): Task => ({
  ...content,
  task_id: '0b'.padEnd(24, '0'),
  version: 1,
  is_active: true,
  options: content.options.map((option, index) => {
    return { ...option, option_id: `${index}`.padStart(24, '0'), display_order: index };
  }),
});
const tasks = exampleTasks.map(withIds);
const reasoned = tasks.filter((task) => task.requires_reasoning);
const [storm] = tasks.filter((task) => !task.requires_reasoning);
const persona = (name: string) => {
  const found = personas.find((known) => known.name === name);
  if (!found) throw new Error(`There is no persona ${name}.`);
  return found;
};

/** What a persona leads to at a task, with each event so many milliseconds later than the one before makes it. */
function rehearsed(each: Persona, task: Task, { pace = 1, delay_ms = 0 } = {}) {
  const scenario = scenarioOf(each, task, pace);
  const steps = scenario.steps.map((step, index) => ({ ...step, at: step.at + (index + 1) * delay_ms }));
  return rehearse({ ...scenario, steps });
}

describe('in real time, each persona shows what it claims', () => {
  const cases = personas.flatMap((each) => reasoned.map((task) => ({ each, task })));
  // Half a second more for each event than it should ever take: the claims must not hang on the network.
  it.each(cases.flatMap((one) => [0, 20, 500].map((delay_ms) => ({ ...one, delay_ms }))))(
    '$each.name at $task.task_code, $delay_ms ms for each event',
    async ({ each, task, delay_ms }) => {
      const { profile } = await rehearsed(each, task, { delay_ms });
      expect(skillsOf(profile)).toEqual([...each.shows]);
    },
  );
});

it('between them, they show every skill there is, and no reasoning as well', () => {
  const all = Object.values(RULES).flatMap(({ rules }) => rules.map(({ skill_code }) => skill_code));
  expect(new Set(personas.flatMap(({ shows }) => shows))).toEqual(new Set(all));
  const silent = personas.filter(({ acts }) => !acts.some(({ does }) => does === 'writes'));
  expect(silent).not.toEqual([]);
});

it('have different names, one of them the default, and take between 5 s and 2 min', () => {
  const names = personas.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names).toContain(DEFAULT_PERSONA);
  for (const each of personas) {
    for (const task of tasks) {
      const ms = scenarioOf(each, task).steps.at(-1)?.at;
      expect(ms).toBeGreaterThan(5_000);
      expect(ms).toBeLessThan(120_000);
    }
  }
});

it('write nothing where a task asks for no reasons', async () => {
  if (!storm) throw new Error('An example task without reasons is missing.');
  for (const each of personas) {
    const { metrics } = await rehearsed(each, storm);
    expect(metrics.reasoning_metrics.reasoning_provided).toBe(false);
  }
});

it('only the one who leaves has a flag in its record', async () => {
  for (const each of personas) {
    for (const task of reasoned) {
      const { quality_flags } = (await rehearsed(each, task)).metrics;
      expect(quality_flags).toEqual(each.name === 'returning' ? ['resumed_after_abandon'] : []);
    }
  }
});

it('play any task, even one of two options of the same risk', async () => {
  const two = taskWith({ A: 'low', B: 'low' });
  for (const each of personas) await expect(rehearsed(each, two)).resolves.toBeDefined();
});

it('at ten times the speed the analytical one is taken for a decisive one, and it is said why', async () => {
  const [task] = reasoned;
  if (!task) throw new Error('There is no example task.');
  const { profile: real } = await rehearsed(persona('analytical'), task);
  const { profile: hurried } = await rehearsed(persona('analytical'), task, { pace: 0.1 });
  const [missing] = missingIn(hurried, real, 'was');
  expect(missing?.skill_code).toBe('ANALYTICAL_THINKING');
  expect(missing?.why_not).toMatch(
    /^first decision speed was 4\.\d seconds and must be more than 30 seconds$/,
  );
  const [surplus] = missingIn(real, hurried, 'is');
  expect(surplus?.skill_code).toBe('DECISIVE_THINKING');
  expect(surplus?.why_not).toMatch(
    /^first decision speed is 4\d\.?\d* seconds and must be less than 10 seconds$/,
  );
});
