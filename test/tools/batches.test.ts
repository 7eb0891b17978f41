import { describe, expect, it } from 'vitest';
import { play } from '../../src/tools/player/play.ts';
import { virtualStage } from '../../src/tools/player/virtual-stage.ts';
import { parseScenarios } from '../../src/tools/scenario/parse.ts';
import { run, scenarioFolder } from './simulate-cases.ts';

const write = scenarioFolder();

const HEAD = `person: anybody
task: { requires_reasoning: false, options: { A: low, B: high } }
steps:
  - { at: 0, event: task_started }
`;
const viewing = (count: number, batch: string, option = 'A') =>
  `  - { after: 0, event: option_viewed, option: ${option}, duration_ms: 1, ${batch} }\n`.repeat(count);

/** A scenario as played in virtual time, with the bodies of its batches. */
async function playWatched(text: string) {
  const { scenarios, errors } = parseScenarios('case', text);
  expect(errors).toEqual([]);
  const [scenario] = scenarios;
  if (!scenario) throw new Error('There is no scenario.');
  const stage = await virtualStage(scenario.task);
  const batches: number[] = [];
  const { call } = stage.candidate;
  const candidate: typeof stage.candidate = {
    call: (method, path, body) => {
      if (path === '/events/batch') batches.push((body as { events: unknown[] }).events.length);
      return call(method, path, body);
    },
  };
  const { steps } = await play(scenario, { ...stage, candidate });
  return { batches, steps };
}

describe('neighbouring steps of one batch are one request', () => {
  it.each([
    ['one name', viewing(3, 'batch: one'), [3]],
    ['two names of the same moment', viewing(2, 'batch: one') + viewing(3, 'batch: two'), [2, 3]],
    ['a name and no name', viewing(2, 'batched: true') + viewing(2, 'batch: one'), [2, 2]],
    ['no name', viewing(4, 'batched: true'), [4]],
    ['a name that YAML would read as a number', viewing(2, 'batch: 01') + viewing(1, 'batch: 1'), [2, 1]],
    [
      'a name again after another step',
      viewing(1, 'batch: a') + viewing(1, '') + viewing(1, 'batch: a'),
      [1, 1],
    ],
    ['a name that says batched, too', viewing(2, 'batch: a, batched: true') + viewing(1, 'batch: a'), [3]],
  ])('%s', async (_, steps, expected) => {
    expect((await playWatched(HEAD + steps)).batches).toEqual(expected);
  });

  it('and a refusal stops its own batch only', async () => {
    const again = '  - { after: 0, event: task_started, batch: one }\n';
    const { steps } = await playWatched(HEAD + again + viewing(1, 'batch: one') + viewing(1, 'batch: two'));
    expect(steps.map(({ outcome }) => outcome)).toEqual(['accepted', 'refused', 'refused', 'accepted']);
  });

  it('that is sent when the last of them is due', async () => {
    const late = '  - { at: 5s, event: option_selected, option: B, batch: one }\n';
    const { steps } = await playWatched(HEAD + viewing(1, 'batch: one') + late);
    expect(steps.map(({ sent_at }) => sent_at)).toEqual([0, 5000, 5000]);
  });
});

describe('a batch holds at most 100 events in virtual time, too', () => {
  it('100 are taken', async () => {
    expect((await playWatched(HEAD + viewing(100, 'batch: one'))).batches).toEqual([100]);
  });

  it.each([
    ['batched', viewing(101, 'batched: true'), '105:75 steps[101].batched: is event 101 of its batch'],
    ['batch', viewing(101, 'batch: one'), '105:73 steps[101].batch: is event 101 of its batch'],
    [
      'batch, the second one',
      viewing(100, 'batch: one') + viewing(102, 'batch: two'),
      '205:73 steps[201].batch: is event 101 of its batch, which holds at most 100; put the steps from here on',
    ],
  ])('the 101st is a problem with its line: %s', async (_, steps, expected) => {
    const file = await write(HEAD + steps);
    const { output, complaints } = await run([file]);
    expect(complaints).toContain(`${file}:${expected}`);
    expect(output).toContain('0 passed, 1 error in files');
  });
});

it('a completion in a named batch must name its option', async () => {
  const { complaints } = await run([
    await write(`${HEAD}  - { at: 1, event: task_completed, batch: one }\n`),
  ]);
  expect(complaints).toContain('5:5 steps[1].option: is required in a batch');
});
