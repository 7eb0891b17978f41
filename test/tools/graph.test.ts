import { describe, expect, it } from 'vitest';
import { eventNames, machineGraph, statesOf } from '../../src/tools/drawing/graph.ts';
import { lineText, stateLines, transitionLines, wording } from '../../src/tools/drawing/text.ts';
import { toyMachine } from './toy-machine.ts';

const graph = machineGraph(toyMachine);
const state = (path: string) => {
  const found = statesOf(graph.root).find((candidate) => candidate.path === path);
  if (!found) throw new Error(`No state "${path}"`);
  return found;
};
const edge = (source: string, target: string) =>
  graph.edges
    .filter((candidate) => candidate.source === source && candidate.target === target)
    .flatMap(({ transitions }) => transitions.map(wording));

describe('the graph of a machine', () => {
  it('has every state, parents first', () => {
    expect(statesOf(graph.root).map(({ path }) => path)).toEqual([
      '',
      'outer',
      'outer.first',
      'outer.second',
      'outer.last',
      'outer.again',
      'end',
    ]);
    expect(state('outer').initial).toBe('outer.first');
    expect(state('outer.again').history).toBe('shallow');
    expect(state('outer.last').type).toBe('final');
  });

  it('names delays, guards with parameters, eventless transitions and the ends of invocations', () => {
    expect(edge('outer.first', 'outer.second')).toEqual(['GO [isBelow]', 'after 500 ms']);
    expect(edge('outer.first', 'outer.last')).toEqual(['GO']);
    expect(edge('outer.second', 'outer.last')).toEqual(['always [isOpen]']);
    expect(edge('outer', 'end')).toEqual(['done']);
    expect([...eventNames(toyMachine).values()]).toContain('fetchIt failed');
  });

  it('merges transitions between the same two states', () => {
    expect(edge('end', 'outer.again')).toEqual(['BACK / inline', 'fetchIt failed']);
    expect(new Set(graph.edges.map(({ id }) => id)).size).toBe(graph.edges.length);
  });

  it('lists what stays in a state in its box, without the actions XState adds for delays', () => {
    expect(stateLines(state('outer')).map(lineText)).toEqual(['on PING']);
    expect(stateLines(state('outer.first')).map(lineText)).toEqual(['entry / greet', 'exit / wave']);
    expect(stateLines(state('end')).map(lineText)).toEqual(['invoke fetchIt', 'on fetchIt done / inline']);
  });

  it('writes guard and actions once for neighbours that share them', () => {
    const same = { guard: 'isCurrentSelection', actions: ['record'] };
    const lines = transitionLines([
      { event: 'a', ...same },
      { event: 'b', ...same },
      { event: 'c', guard: undefined, actions: [] },
    ]);
    expect(lines.map(lineText)).toEqual(['a,', 'b', '  [isCurrentSelection] / record', 'c']);
  });
});
