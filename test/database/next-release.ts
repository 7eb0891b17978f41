import { taskAttempts } from '../../src/attempts/stored/collection.ts';
import { schema } from '../../src/collections.ts';
import { type CollectionDefinition, type DatabaseSchema, text } from '../../src/database/definition.ts';
import { behaviorEvents } from '../../src/journal/collection.ts';

/** The journal of an imaginary later release: a new field, and one index each added, changed and removed. */
export const nextEvents: CollectionDefinition = {
  ...behaviorEvents,
  schema: {
    ...behaviorEvents.schema,
    properties: { ...behaviorEvents.schema['properties'], digest: text },
  },
  indexes: [
    ...behaviorEvents.indexes
      .filter(({ name }) => name !== 'server_time')
      .map((index) =>
        index.name === 'attempt_type' ? { ...index, key: { event_type: 1, attempt_id: 1 } as const } : index,
      ),
    {
      name: 'digest',
      key: { digest: 1 },
      unique: true,
      partialFilterExpression: { digest: { $exists: true } },
    },
  ],
};

/** The schema with another definition of a collection, as the next release would have it. */
export function releaseWith(...changed: CollectionDefinition[]): DatabaseSchema {
  const collections = schema.collections.map(
    (definition) => changed.find(({ name }) => name === definition.name) ?? definition,
  );
  return { ...schema, release: schema.release + 1, collections };
}

export const nextSchema = releaseWith(nextEvents, {
  ...taskAttempts,
  schema: {
    ...taskAttempts.schema,
    properties: { ...taskAttempts.schema['properties'], redemption_id: text },
  },
});
