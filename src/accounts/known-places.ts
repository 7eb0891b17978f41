import { createHmac } from 'node:crypto';
import type { Client } from '../http/client-address.ts';
import type { Credentials } from './user.ts';
import type { UserStore } from './user-store.ts';

/**
 * The networks that the owners of accounts were in when they logged in or refreshed. Wrong passwords from elsewhere do
 * not delay log-ins from there, see `LogInDelays`. Stored, so that a restart during an attack changes nothing.
 */
export class KnownPlaces {
  readonly #users: Pick<UserStore, 'rememberPlace'>;
  readonly #secret: string;

  /** @param secret keeps whoever reads the database from finding out the networks by trying them all */
  constructor(users: Pick<UserStore, 'rememberPlace'>, secret: string) {
    this.#users = users;
    this.#secret = secret;
  }

  has({ user, known_places }: Credentials, client: Client): boolean {
    return known_places.includes(this.#placeOf(user.user_id, client));
  }

  /** Never rejects: without the note, the owner is only treated like somebody in a new place. */
  async remember(user_id: string, client: Client): Promise<void> {
    await this.#users.rememberPlace(user_id, this.#placeOf(user_id, client)).catch(() => undefined);
  }

  /** Differs between accounts, so that the database does not tell which of them are used in the same place. */
  #placeOf(user_id: string, { networks }: Client): string {
    return createHmac('sha256', this.#secret)
      .update(`known place ${user_id} ${networks[0]}`)
      .digest('base64url');
  }
}
