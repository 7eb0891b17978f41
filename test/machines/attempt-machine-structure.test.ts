import { describe, expect, it } from 'vitest';
import { type AnyStateMachine, type AnyStateNode, createMachine } from 'xstate';
import { byId, currentMachine, machines } from '../../machines/index.ts';

/**
 * Finds mistakes in a machine's structure: targets and initial states that do not exist, ids used twice. The compiler
 * checks none of them. XState checks targets when it creates a machine, and the rest only when it gets there.
 */
function structureProblems(create: () => AnyStateMachine): string[] {
  const problems: string[] = [];
  const attempt = <T>(step: () => T): T | undefined => {
    try {
      return step();
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error));
      return undefined;
    }
  };
  const machine = attempt(create);
  if (!machine) return problems;
  const nodes = allNodes(machine.root);
  for (const node of nodes) {
    if (node.type === 'compound') attempt(() => node.initial.target);
    for (const transition of [...node.transitions.values()].flat()) {
      for (const target of transition.target ?? []) {
        if (!nodes.includes(target))
          problems.push(`${node.id} leads to ${target.id}, which is not in the machine`);
      }
    }
  }
  const ids = nodes.map(({ id }) => id);
  const twice = ids.filter((id, index) => ids.indexOf(id) !== index);
  return [...problems, ...twice.map((id) => `Two states have the id ${id}`)];
}

const allNodes = (node: AnyStateNode): AnyStateNode[] => [
  node,
  ...Object.values(node.states).flatMap(allNodes),
];

describe('the structure of every published machine', () => {
  it.each([...machines.values()])('$id is sound', (machine) => {
    expect(structureProblems(() => createMachine(machine.config))).toEqual([]);
    expect(structureProblems(() => machine)).toEqual([]);
  });

  it.each([...machines])('%s is published under its own id, which carries its version', (id, machine) => {
    expect(machine.id).toBe(id);
    expect(id).toMatch(/-v\d+$/);
  });

  it('has every guard, action, actor and delay it names', () => {
    const { guards, actions, actors, delays } = currentMachine.implementations;
    const provided = { guards, actions, actors, delays };
    for (const [kind, names] of Object.entries(provided))
      expect(Object.keys(names).length, kind).toBeGreaterThan(0);
    for (const node of allNodes(currentMachine.root)) {
      for (const { guard, actions: done } of [...node.transitions.values(), node.always ?? []].flat()) {
        if (typeof guard === 'string') expect(Object.keys(guards)).toContain(guard);
        for (const action of done)
          if (typeof action === 'string') expect(Object.keys(actions)).toContain(action);
      }
      for (const { src } of node.invoke) expect(Object.keys(actors)).toContain(src);
    }
  });
});

describe('the check of the structure', () => {
  it('sees a target that does not exist', () => {
    const problems = structureProblems(() =>
      createMachine({ id: 'm', initial: 'a', states: { a: { on: { GO: 'nowhere' } } } }),
    );
    expect(problems).toEqual([expect.stringContaining('nowhere')]);
  });

  it('sees an initial state that does not exist', () => {
    const problems = structureProblems(() =>
      createMachine({ id: 'm', initial: 'a', states: { a: { initial: 'nowhere', states: { b: {} } } } }),
    );
    expect(problems).toEqual([expect.stringContaining('nowhere')]);
  });

  it('sees an id that is used twice', () => {
    const problems = structureProblems(() =>
      createMachine({ id: 'm', initial: 'a', states: { a: { id: 'same' }, b: { id: 'same' } } }),
    );
    expect(problems).toEqual([expect.stringContaining('same')]);
  });

  it('sees two machines with one id', () => {
    expect(() => byId([currentMachine, currentMachine])).toThrow('share one id');
  });
});
