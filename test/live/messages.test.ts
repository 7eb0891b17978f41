import { expect, it } from 'vitest';
import { attemptState, encode, eventAck } from '../../src/live/messages.ts';
import { recorded, starts, taskWith } from '../support/recorded.ts';

it('what many are told is encoded once', () => {
  const [event] = recorded(taskWith({ A: 'low' }), [starts(0)]);
  if (!event) throw new Error('no event');
  const view = { state: 'active', allowed_events: [], sequence_number: 1, status: 'in_progress' as const };
  expect(encode(eventAck(event))).toBe(encode(eventAck(event)));
  expect(encode(attemptState(view))).toBe(encode(attemptState(view)));
  expect(JSON.parse(encode(attemptState(view)).toString())).toEqual({ type: 'attempt_state', data: view });
});
