import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RecordedEvent } from '../../../src/events/recorded-event.ts';
import type { TaskFacts } from '../../../src/results/metrics/compute-metrics.ts';

const LOGS = fileURLToPath(new URL('./logs', import.meta.url));

/** Recorded attempts that every version keeps making the same of. */
export const goldenNames = readdirSync(LOGS);

export function goldenLog(name: string): { task: TaskFacts; events: RecordedEvent[] } {
  const { task, events } = JSON.parse(readFileSync(join(LOGS, name), 'utf8'));
  const revived = events.map((event: Record<'timestamp_client' | 'timestamp_server', string>) => ({
    ...event,
    timestamp_client: new Date(event.timestamp_client),
    timestamp_server: new Date(event.timestamp_server),
  }));
  return { task, events: revived };
}
