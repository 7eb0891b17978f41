import type { Database } from '../../src/database/connection.ts';
import { AttemptKeyStore } from '../../src/journal/attempt-key-store.ts';
import { attemptKeys, behaviorEvents } from '../../src/journal/collection.ts';
import { Journal } from '../../src/journal/journal.ts';

/** The journal of a database, as the server has it. */
export const journalOf = (database: Database): Journal =>
  new Journal(
    database.collection(behaviorEvents),
    database.availability,
    new AttemptKeyStore(database.collection(attemptKeys), database.availability),
  );
