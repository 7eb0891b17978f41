import { type Collection, ObjectId, type WithoutId } from 'mongodb';
import type { Role } from '../caller.ts';
import { isDuplicateKey } from '../database/errors.ts';
import { Grouping } from '../database/grouping.ts';
import { emailTaken } from '../errors.ts';
import type { UserDocument } from './collections.ts';
import type { Credentials, User } from './user.ts';

/** Maximum number of accounts read by one call. */
const MAX_READ_TOGETHER = 100;
/** Maximum number of places remembered of an account. */
const MAX_KNOWN_PLACES = 20;

export interface NewAccount {
  /** Lower-cased by the store. */
  email: string;
  password_hash: string;
  role: Role;
}

/** The accounts in the database; nothing else touches their collection. */
export class UserStore {
  readonly #users: Collection<UserDocument>;
  readonly #reader: Grouping<string, User | null>;

  constructor(users: Collection<UserDocument>) {
    this.#users = users;
    this.#reader = new Grouping((user_ids) => this.#findSeveral(user_ids), MAX_READ_TOGETHER);
  }

  /**
   * Creates an active account. The unique index decides whether the address is free, so of several simultaneous
   * calls with one address exactly one succeeds.
   * @throws Refusal 409 `email_taken`, regardless of upper and lower case
   */
  async create({ email, password_hash, role }: NewAccount): Promise<User> {
    const document = {
      _id: new ObjectId(),
      email: email.toLowerCase(),
      password_hash,
      ...newAccountFields(role),
    };
    try {
      await this.#users.insertOne(document);
    } catch (error) {
      if (isDuplicateKey(error)) throw emailTaken('An account with this e-mail address already exists.');
      throw error;
    }
    return userOf(document);
  }

  /** Simultaneous reads share one call to the database. */
  findById(user_id: string): Promise<User | null> {
    return this.#reader.add(user_id);
  }

  async #findSeveral(user_ids: string[]): Promise<(User | null)[]> {
    const found = await this.#users.find({ _id: { $in: user_ids.map((id) => new ObjectId(id)) } }).toArray();
    const byId = new Map(found.map((user) => [user._id.toHexString(), userOf(user)]));
    return user_ids.map((user_id) => byId.get(user_id) ?? null);
  }

  async findByEmail(email: string): Promise<User | null> {
    const found = await this.#users.findOne({ email: email.toLowerCase() });
    return found && userOf(found);
  }

  async findCredentials(by: { email: string } | { user_id: string }): Promise<Credentials | null> {
    const found = await this.#users.findOne(
      'email' in by ? { email: by.email.toLowerCase() } : { _id: new ObjectId(by.user_id) },
    );
    if (!found) return null;
    const { password_hash = null, known_places = [] } = found;
    return { user: userOf(found), password_hash, known_places };
  }

  /**
   * Finds the account with this address, whatever its role and even if it is deactivated. If there is none, creates
   * a candidate account without a password, so that nobody can log in to it.
   */
  findOrCreateCandidate(email: string): Promise<User> {
    return this.#findOrCreate({ email: email.toLowerCase() });
  }

  /**
   * Finds the candidate account with exactly this id, or creates it without address and password. Safe to repeat: a
   * redemption passes its attempt's id, so fifty simultaneous redemptions create one candidate.
   */
  ensureAnonymousCandidate(user_id: string): Promise<User> {
    return this.#findOrCreate({ _id: new ObjectId(user_id) });
  }

  /**
   * Sets the first password of an invited candidate, who has none yet.
   * @returns null if no active candidate without a password has this address.
   */
  async setFirstPassword(email: string, password_hash: string): Promise<User | null> {
    const found = await this.#users.findOneAndUpdate(
      {
        email: email.toLowerCase(),
        role: 'candidate',
        is_active: true,
        password_hash: { $exists: false },
      },
      { $set: { password_hash, updated_at: new Date() } },
      { returnDocument: 'after' },
    );
    return found && userOf(found);
  }

  /**
   * Replaces a password, unless somebody else has replaced it first.
   * @param replaces the hash it was compared with
   * @returns false if another hash is stored meanwhile, or the account is gone
   */
  async replacePasswordHash(user_id: string, replaces: string, password_hash: string): Promise<boolean> {
    const { matchedCount } = await this.#users.updateOne(
      { _id: new ObjectId(user_id), password_hash: replaces },
      { $set: { password_hash, updated_at: new Date() } },
    );
    return matchedCount === 1;
  }

  /** Adds to the places that the owner was in. Of more than `MAX_KNOWN_PLACES` the earliest added one is forgotten. */
  async rememberPlace(user_id: string, place: string): Promise<void> {
    await this.#users.updateOne(
      { _id: new ObjectId(user_id), known_places: { $ne: place } },
      { $push: { known_places: { $each: [place], $slice: -MAX_KNOWN_PLACES } } },
    );
  }

  /** @returns the account after the change; null if there is none. */
  async setActive(user_id: string, is_active: boolean): Promise<User | null> {
    const found = await this.#users.findOneAndUpdate(
      { _id: new ObjectId(user_id) },
      { $set: { is_active, updated_at: new Date() } },
      { returnDocument: 'after' },
    );
    return found && userOf(found);
  }

  async hasActiveAdmin(): Promise<boolean> {
    return (await this.#users.findOne({ role: 'admin', is_active: true })) !== null;
  }

  async #findOrCreate(key: { email: string } | { _id: ObjectId }): Promise<User> {
    const upsert = () =>
      this.#users.findOneAndUpdate(
        key,
        { $setOnInsert: newAccountFields('candidate') },
        { upsert: true, returnDocument: 'after' },
      );
    const found = await upsert().catch((error: unknown) => {
      // Two simultaneous upserts may both try to insert. The loser's second try finds the winner's account.
      if (isDuplicateKey(error)) return upsert();
      throw error;
    });
    if (!found) throw new Error('An upsert returned no account.');
    return userOf(found);
  }
}

function newAccountFields(role: Role): Omit<WithoutId<UserDocument>, 'email' | 'password_hash'> {
  const now = new Date();
  return { role, is_active: true, created_at: now, updated_at: now };
}

function userOf({ _id, email, role, is_active, created_at }: UserDocument): User {
  return { user_id: _id.toHexString(), email: email ?? null, role, is_active, created_at };
}
