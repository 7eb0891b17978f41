import { expect, it } from 'vitest';
import { machines } from '../../../machines/index.ts';
import { statusOf } from '../../../src/attempts/session/machine-state.ts';

it.each([...machines])('every state of %s says what the attempt is to staff', (_id, machine) => {
  for (const name of Object.keys(machine.states)) {
    const state = machine.resolveState({ value: name as never, context: {} as never });
    expect(['pending', 'in_progress', 'completed', 'expired']).toContain(statusOf(state));
  }
});
