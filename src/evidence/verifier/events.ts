import type { RecordedEvent } from '../../events/recorded-event.ts';
import { bytesOf, importSealKey, type SealKey, type Unsealed, unseal } from './crypto.ts';
import type { Bundle, BundleEvent } from './read-bundle.ts';
import { CannotCheck, Failed, type Finding } from './report.ts';

export interface OpenedEvents {
  /** As they were recorded, as far as they could be opened. */
  events: RecordedEvent[];
  /** What could not be opened. */
  missing: (Finding & { isErased: boolean })[];
}

/** The events of the bundle as they were recorded. */
export async function eventsOf({ attempt, events, key }: Bundle): Promise<OpenedEvents> {
  const sealKey = key === null ? undefined : await importSealKey(bytesOf(key, 'key'));
  const missing: OpenedEvents['missing'] = [];
  const opened: RecordedEvent[] = [];
  for (const [index, event] of events.entries()) {
    const sent = await open(event, sealKey).catch(({ findings }: Failed): Unsealed => {
      for (const finding of findings) missing.push({ event: index + 1, isErased: !sealKey, ...finding });
      return {};
    });
    opened.push({
      ...event,
      attempt_id: attempt.attempt_id,
      payload: { ...event.payload, ...sent.payload },
      metadata: sent.metadata ?? event.metadata ?? {},
      timestamp_client: new Date(event.timestamp_client),
      timestamp_server: new Date(event.timestamp_server),
      sealed: undefined,
    } as RecordedEvent);
  }
  return { events: opened, missing };
}

/** @throws Failed if it cannot be opened */
async function open({ sealed, event_id }: BundleEvent, key: SealKey | undefined): Promise<Unsealed> {
  if (sealed === undefined) return {};
  if (!key)
    throw new Failed({ field: 'sealed', detail: 'The key was erased, so this cannot be read any more.' });
  try {
    return await unseal(bytesOf(sealed, 'sealed'), key, event_id);
  } catch {
    throw new Failed({
      field: 'sealed',
      detail: 'It cannot be opened: it was changed, or sealed with another key.',
    });
  }
}

/** @throws Failed, CannotCheck */
export function refuseUnrecorded({ missing }: OpenedEvents): void {
  if (missing.length === 0) return;
  if (missing.every(({ isErased }) => isErased)) {
    throw new CannotCheck(`The key was erased: ${missing.length} sealed parts cannot be read any more.`);
  }
  throw new Failed(...missing.map(({ event, field, detail }) => ({ event, field, detail }) as Finding));
}
