import type { ObjectId } from 'mongodb';
import { type CollectionDefinition, closed, date, objectId, wholeNumber } from '../database/definition.ts';

/** How many tokens an account has issued in its current day, which begins with the first of them. */
export interface IssuingQuotaDocument {
  /** The account's. */
  _id: ObjectId;
  since: Date;
  count: number;
}

export const issuingQuotas: CollectionDefinition<IssuingQuotaDocument> = {
  name: 'issuing_quotas',
  schema: closed({ _id: objectId, since: date, count: wholeNumber }),
  indexes: [],
};
