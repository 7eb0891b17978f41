import type { Document, IndexDescription } from 'mongodb';

/** One collection: its document type, validator and indexes, which are brought up to date at start-up. */
export interface CollectionDefinition<T extends Document = Document> {
  name: string;
  /** A `$jsonSchema`: the database refuses documents that violate it, whichever code path writes them. */
  schema: Document;
  indexes: readonly CollectionIndex[];
  /** Set if documents matter only while servers run; writes then do not wait for the disk. */
  isEphemeral?: true;
  /** Never set: it only tells the compiler the type of the collection's documents. */
  readonly document?: T;
}

/** Everything that one release of the server stores. */
export interface DatabaseSchema {
  /** 1, 2 …: raised with each change of a validator or an index, so that earlier releases refuse the database. */
  release: number;
  collections: readonly CollectionDefinition[];
  /** Names of the indexes, by collection, that were made before databases kept a record of their schema. */
  indexesBeforeRecord: Readonly<Record<string, readonly string[]>>;
}

/** Has a name, so that it is recognised when its keys or options change. */
export type CollectionIndex = IndexDescription & { name: string };

type Properties = Record<string, Document>;

/** An object schema that allows only these properties and requires all except those in `optional`. */
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
export const bytes = { bsonType: 'binData' };
export const bool = { bsonType: 'bool' };
export const date = { bsonType: 'date' };
export const wholeNumber = { bsonType: ['int', 'long', 'double'], minimum: 0, multipleOf: 1 };
export const number = { bsonType: ['int', 'long', 'double'], minimum: 0 };
export const anyObject = { bsonType: 'object' };
export const oneOf = (values: readonly string[]) => ({ enum: [...values] });
export const arrayOf = (items: Document) => ({ bsonType: 'array', items });
export const orNull = (schema: Document) => ({ anyOf: [schema, { bsonType: 'null' }] });

/** The last keys of every index that is used to read a list in pages. */
export const newestFirst = { created_at: -1, _id: -1 } as const;
