import type { Actor, SnapshotFrom } from 'xstate';
import { attemptMachine } from './attempt-v1.machine.ts';

export type { ComputationInput, MachineEvent, ServerSignal } from './attempt-v1.machine.ts';

export type AttemptMachine = typeof attemptMachine;
export type AttemptSnapshot = SnapshotFrom<AttemptMachine>;
export type MachineActor = Actor<AttemptMachine>;

/** The machine that new attempts begin with. */
export const currentMachine: AttemptMachine = attemptMachine;

/** Every machine ever published, by id. A machine stays here as long as any attempt it judged is stored. */
export const machines: ReadonlyMap<string, AttemptMachine> = byId([attemptMachine]);

/** @throws when no published machine has this id: the attempt was then started by a newer server. */
export function machineById(id: string): AttemptMachine {
  const machine = machines.get(id);
  if (!machine)
    throw new Error(`No machine "${id}" is published here; known: ${[...machines.keys()].join(', ')}`);
  return machine;
}

/** @throws when two machines share an id, because an attempt's machine would then be ambiguous. */
export function byId(published: readonly AttemptMachine[]): Map<string, AttemptMachine> {
  const map = new Map(published.map((machine) => [machine.id, machine]));
  if (map.size !== published.length) throw new Error('Two published machines share one id');
  return map;
}
