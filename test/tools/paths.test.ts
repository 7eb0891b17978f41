import { describe, expect, it } from 'vitest';
import { currentMachine, machines } from '../../machines/index.ts';
import { EVENT_TYPES } from '../../src/events/event-table.ts';
import { machineGraph, statesOf } from '../../src/tools/drawing/graph.ts';
import { refusals, shortestPaths, stateLabel } from '../../src/tools/drawing/paths.ts';
import { pathsReport } from '../../src/tools/drawing/paths-report.ts';

const input = (requires_reasoning: boolean) => ({ attempt_id: 'any', requires_reasoning });

/** Dotted paths of the innermost states that a state value names. */
function leaves(value: unknown, above: readonly string[] = []): string[] {
  if (typeof value === 'string') return [[...above, value].join('.')];
  return Object.entries(value as object).flatMap(([name, below]) => leaves(below, [...above, name]));
}

describe.each([...machines.values()])('the paths of $id', (machine) => {
  it('reach every state', () => {
    const reached = [true, false].flatMap((reasoning) =>
      shortestPaths(machine, input(reasoning)).flatMap(({ snapshot }) => leaves(snapshot.value)),
    );
    const resting = statesOf(machineGraph(machine).root)
      .filter(({ type }) => type === 'atomic' || type === 'final')
      .map(({ path }) => path);
    expect(new Set(reached)).toEqual(new Set(resting));
  });

  it('begin with the shortest, and lead where they say', () => {
    const paths = shortestPaths(machine, input(true));
    const lengths = paths.map(({ events }) => events.length);
    expect(lengths).toEqual([...lengths].sort((a, b) => a - b));
    expect(lengths[0]).toBe(0);
    for (const { state, snapshot } of paths) expect(stateLabel(snapshot.value)).toBe(state);
    expect(new Set(paths.map(({ state }) => state)).size).toBe(paths.length);
  });

  it('cover the whole vocabulary', () => {
    expect(refusals(machine, input(true)).map(({ event }) => event)).toEqual(
      expect.arrayContaining([...EVENT_TYPES]),
    );
  });
});

describe('what attempt-v1 refuses', () => {
  const verdict = (event: string, reasoning = true) => {
    const found = refusals(currentMachine, input(reasoning)).find((refusal) => refusal.event === event);
    if (!found) throw new Error(`Nothing is said about ${event}`);
    return found;
  };

  it('is everything that candidates do, once the attempt is completed or expired', () => {
    const over = ['computing.metrics', 'computing.interpretation', 'retrying', 'failed', 'locked', 'expired'];
    for (const type of EVENT_TYPES) expect(verdict(type).always).toEqual(expect.arrayContaining(over));
  });

  it('is completing without a selection, and while abandoned it depends on the selection', () => {
    const { always, sometimes } = verdict('task_completed');
    expect(always).toContain('active(undecided + writing)');
    expect(always).not.toContain('active(decided + writing)');
    expect(sometimes).toEqual(['abandoned']);
  });

  it('is reasoning everywhere, when the task does not ask for it', () => {
    const states = shortestPaths(currentMachine, input(false)).map(({ state }) => state);
    expect([...verdict('reasoning_started', false).always].sort()).toEqual([...states].sort());
  });
});

describe('the report', () => {
  it('names states and events in words and folds retries', () => {
    const report = pathsReport(currentMachine);
    expect(report).toContain('attempt-v1, task with reasoning');
    expect(report).toContain('attempt-v1, task without reasoning');
    expect(report).toMatch(/waiting_for_start +\(begins here\)/);
    expect(report).toContain('(computeMetrics failed → after backOff) ×7 → computeMetrics failed');
    expect(report).not.toContain('xstate.');
  });
});
