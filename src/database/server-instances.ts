import { type CollectionDefinition, closed, date, text } from './definition.ts';

/** One running server process on this database, as long as its entry is fresh. */
export interface ServerInstanceDocument {
  /** Made anew at each start. */
  _id: string;
  /** In the database's time. */
  seen_at: Date;
}

export const serverInstances: CollectionDefinition<ServerInstanceDocument> = {
  name: 'server_instances',
  isEphemeral: true,
  schema: closed({ _id: text, seen_at: date }),
  indexes: [{ name: 'seen', key: { seen_at: 1 } }],
};
