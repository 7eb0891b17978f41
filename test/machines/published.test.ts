import { expect, it } from 'vitest';
import { createActor, waitFor } from 'xstate';

/*
 * Imported inside the tests: a machine that cannot be created must fail a test and not only the file, because mutation
 * testing would take a failing file for "not noticed".
 */
const published = () => import('../../machines/index.ts');

it('every machine can be created and is found under its id', async () => {
  const { machines, machineById, currentMachine } = await published();
  expect(machines.size).toBeGreaterThan(0);
  expect(machines.get(currentMachine.id)).toBe(currentMachine);
  for (const [id, machine] of machines) {
    expect(machine.id).toBe(id);
    expect(machineById(id)).toBe(machine);
  }
});

it('a machine that nobody published is named together with those that are', async () => {
  const { byId, currentMachine, machineById } = await published();
  expect(() => machineById('attempt-v0')).toThrow(
    'No machine "attempt-v0" is published here; known: attempt-v1',
  );
  expect([...byId([currentMachine])]).toEqual([[currentMachine.id, currentMachine]]);
  expect([...byId([])]).toEqual([]);
});

it('a computation that nobody has provided counts as failed, not as done', async () => {
  const { currentMachine } = await published();
  const selected = { option_id: 'x', option_code: 'X' };
  const actor = createActor(currentMachine, {
    input: { attempt_id: 'a1', requires_reasoning: false },
  }).start();
  actor.send({ type: 'task_started', payload: {} });
  actor.send({ type: 'option_selected', payload: selected });
  actor.send({ type: 'task_completed', payload: { final_option_id: 'x', final_option_code: 'X' } });
  const failed = await waitFor(actor, (state) => state.matches('failed'));
  expect(failed.context.failures).toBe(1);
  actor.send({ type: 'results_saved' });
  expect(actor.getSnapshot()).toMatchObject({ value: 'locked', status: 'done' });
});

it('an attempt that has expired is over for good', async () => {
  const { currentMachine } = await published();
  const actor = createActor(currentMachine, {
    input: { attempt_id: 'a1', requires_reasoning: false },
  }).start();
  actor.send({ type: 'attempt_expired' });
  expect(actor.getSnapshot()).toMatchObject({ value: 'expired', status: 'done' });
});
