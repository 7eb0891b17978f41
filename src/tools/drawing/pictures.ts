import type { AnyStateMachine } from 'xstate';
import { machineGraph } from './graph.ts';
import { layout } from './layout.ts';
import { mermaid } from './mermaid.ts';
import { svg } from './svg.ts';

/**
 * The files that show a machine, by name: `<id>.svg` and `<id>.mmd`. The same machine gives the same bytes on every
 * computer. Takes a few seconds, because several layouts are tried.
 */
export async function picturesOf(machine: AnyStateMachine): Promise<ReadonlyMap<string, string>> {
  const graph = machineGraph(machine);
  return new Map([
    [`${machine.id}.svg`, svg(await layout(graph))],
    [`${machine.id}.mmd`, mermaid(graph)],
  ]);
}
