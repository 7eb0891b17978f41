import type { SessionServices } from '../../attempts/session/session.ts';
import type { RecordedEvent } from '../../events/recorded-event.ts';
import type { AppendResult } from '../../journal/journal.ts';

/** The journal of one attempt, in memory: what a session needs of a journal, and nothing that takes time. */
export class MemoryJournal implements Pick<SessionServices['journal'], 'append' | 'read' | 'findRepeated'> {
  readonly events: RecordedEvent[] = [];

  async append(event: RecordedEvent): Promise<AppendResult> {
    const first = event.client_event_id && (await this.findRepeated(event.attempt_id, event.client_event_id));
    if (first) return { outcome: 'repeated', first };
    this.events.push(event);
    return { outcome: 'stored' };
  }

  async read(_attempt_id: string, { after = 0 } = {}): Promise<RecordedEvent[]> {
    return this.events.slice(after);
  }

  async findRepeated(_attempt_id: string, client_event_id: string): Promise<RecordedEvent | undefined> {
    return this.events.find((event) => event.client_event_id === client_event_id);
  }
}
