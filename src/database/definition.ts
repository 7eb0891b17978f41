import type { Document, IndexDescription } from 'mongodb';

/** What makes one collection: its document's type, its rules and its indexes, which are brought up to date at start-up. */
export interface CollectionDefinition<T extends Document = Document> {
  name: string;
  /** A `$jsonSchema`: the database refuses what does not fit, whichever code path wrote it. */
  schema: Document;
  indexes: readonly CollectionIndex[];
  /** Whether its documents matter only for as long as the server runs, so that no write waits for the disk. */
  isEphemeral?: true;
  /** Never there: it only tells the compiler which documents the collection holds. */
  readonly document?: T;
}

/** Everything that one release of the server stores. */
export interface DatabaseSchema {
  /** 1, 2 …: the next one for each change of a validator or an index, so that no earlier release opens it. */
  release: number;
  collections: readonly CollectionDefinition[];
  /** The names of the indexes, by collection, that were made before databases kept a record of that. */
  indexesBeforeRecord: Readonly<Record<string, readonly string[]>>;
}

/** Named, so that it is recognised again when its keys or options change. */
export type CollectionIndex = IndexDescription & { name: string };

type Properties = Record<string, Document>;

/** An object schema in which every property not listed in `optional` is required and no other may appear. */
export function closed(properties: Properties, optional: string[] = []): Document {
  return {
    bsonType: 'object',
    required: Object.keys(properties).filter((name) => !optional.includes(name)),
    properties,
    additionalProperties: false,
  };
}

export const objectId = { bsonType: 'objectId' };
export const text = { bsonType: 'string' };
export const bool = { bsonType: 'bool' };
export const date = { bsonType: 'date' };
export const wholeNumber = { bsonType: ['int', 'long', 'double'], minimum: 0, multipleOf: 1 };
export const number = { bsonType: ['int', 'long', 'double'], minimum: 0 };
export const anyObject = { bsonType: 'object' };
export const oneOf = (values: readonly string[]) => ({ enum: [...values] });
export const arrayOf = (items: Document) => ({ bsonType: 'array', items });
export const orNull = (schema: Document) => ({ anyOf: [schema, { bsonType: 'null' }] });

/** The end of every index that a list in pages is read by. */
export const newestFirst = { created_at: -1, _id: -1 } as const;
