import type { ObjectId } from 'mongodb';
import { ROLES, type Role } from '../../caller.ts';
import { bool, type CollectionDefinition, closed, date, objectId, oneOf, text } from './definition.ts';

export interface UserDocument {
  _id: ObjectId;
  /** Lower-cased; absent for an anonymous candidate. */
  email?: string;
  /** argon2id; absent where no password is set, so that nobody can log in. */
  password_hash?: string;
  role: Role;
  is_active: boolean;
  created_at: Date;
  updated_at: Date;
}

export const users: CollectionDefinition = {
  name: 'users',
  schema: closed(
    {
      _id: objectId,
      email: text,
      password_hash: text,
      role: oneOf(ROLES),
      is_active: bool,
      created_at: date,
      updated_at: date,
    },
    ['email', 'password_hash'],
  ),
  indexes: [
    {
      name: 'email',
      key: { email: 1 },
      unique: true,
      partialFilterExpression: { email: { $exists: true } },
    },
  ],
};
