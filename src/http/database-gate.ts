import type { Availability } from '../database/availability.ts';
import type { BareContext, Next } from './context.ts';

/** Answers 503 at once while the database is away, so that requests need not wait for a time-out. */
export function databaseGate(availability: Pick<Availability, 'run'>) {
  return (_ctx: BareContext, next: Next): Promise<unknown> => availability.run(next);
}
