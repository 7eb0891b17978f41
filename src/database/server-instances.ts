import { type CollectionDefinition, closed, date, text } from './definition.ts';

/** One server process that uses this database. It counts as running while the entry is fresh. */
export interface ServerInstanceDocument {
  /** Generated at each start. */
  _id: string;
  /** The last sign of life, in the database's time. */
  seen_at: Date;
}

export const serverInstances: CollectionDefinition<ServerInstanceDocument> = {
  name: 'server_instances',
  isEphemeral: true,
  schema: closed({ _id: text, seen_at: date }),
  indexes: [{ name: 'seen', key: { seen_at: 1 } }],
};
