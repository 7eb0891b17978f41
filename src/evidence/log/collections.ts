import type { Binary } from 'mongodb';
import {
  arrayOf,
  bytes,
  type CollectionDefinition,
  closed,
  date,
  text,
  wholeNumber,
} from '../../database/definition.ts';

/** One entry of the public log. Append-only: no code path updates or deletes one. */
export interface LogEntryDocument {
  /** Its place: 0, 1, 2 … without gaps. */
  _id: number;
  commitment: Binary;
  /** The hashes of all subtrees that it completes, from level 0 (its own) on; so every proof needs few documents. */
  nodes: Binary[];
}

export const logEntries: CollectionDefinition<LogEntryDocument> = {
  name: 'log_entries',
  schema: closed({ _id: wholeNumber, commitment: bytes, nodes: arrayOf(bytes) }),
  indexes: [{ name: 'commitment', key: { commitment: 1 }, unique: true }],
};

/** A signed state of the log; kept for ever. */
export interface LogCheckpointDocument {
  /** How many entries the log had. */
  _id: number;
  root: Binary;
  /** As it is published. */
  note: string;
  /** Which verifies it, as it is published. */
  public_key: string;
}

export const logCheckpoints: CollectionDefinition<LogCheckpointDocument> = {
  name: 'log_checkpoints',
  schema: closed({ _id: wholeNumber, root: bytes, note: text, public_key: text }),
  indexes: [],
};

/** Who may append to the log and sign. */
export interface LogLeaseDocument {
  _id: 'lease';
  /** A process, by an id generated at each start. */
  holder: string;
  /** In the database's time, which all processes share. */
  until: Date;
}

export const logLeases: CollectionDefinition<LogLeaseDocument> = {
  name: 'log_leases',
  isEphemeral: true,
  schema: closed({ _id: text, holder: text, until: date }),
  indexes: [],
};
