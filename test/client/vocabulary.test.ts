import { expectTypeOf, it } from 'vitest';
import type { z } from 'zod';
import type { AttemptView } from '../../src/attempts/session/feed.ts';
import type { Acknowledgement } from '../../src/attempts/session/recording.ts';
import type {
  EventPayloads,
  LiveMessage,
  PostedEvent,
  Standing,
  Task,
  Acknowledgement as Told,
} from '../../src/client/index.ts';
import type { EventPayloads as Judged } from '../../src/events/event-table.ts';
import type { submittedEvent } from '../../src/events/submitted-event.ts';
import type { LiveMessage as Sent } from '../../src/live/messages.ts';
import type { CandidateTask } from '../../src/tasks/task-view.ts';

/** A value as it looks after it went through JSON. */
type Json<T> = T extends Date ? string : T extends object ? { [K in keyof T]: Json<T[K]> } : T;

it('the client’s words are those of the server', () => {
  expectTypeOf<EventPayloads>().toExtend<Judged>();
  expectTypeOf<Judged>().toExtend<EventPayloads>();
  expectTypeOf<PostedEvent>().toExtend<z.input<typeof submittedEvent>>();
  expectTypeOf<Told>().toEqualTypeOf<Json<Acknowledgement>>();
  expectTypeOf<Json<AttemptView>>().toExtend<Standing>();
  expectTypeOf<Json<Sent>>().toExtend<LiveMessage>();
  expectTypeOf<CandidateTask>().toExtend<Task>();
});
