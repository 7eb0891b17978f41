import { createSecretKey, type KeyObject } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { ACCESS_OUTLIVES_MS, ROLES, type Role } from '../caller.ts';
import { notAuthenticated } from '../errors.ts';
import { objectIdString } from '../fields.ts';

/** Maximum number of verified tokens in the cache, about 500 bytes each; the least recently used goes first. */
const REMEMBERED = 4096;

/** Lifetime of an access token in seconds. */
export const ACCESS_TOKEN_SECONDS = 15 * 60;

/** What an attempt token is issued for. */
export interface AttemptAccess {
  attempt_id: string;
  user_id: string;
  /** When the attempt expires. */
  expires_at: Date;
  /** Tokens of earlier generations are not valid; absent means 0. */
  access_generation?: number;
}

const ISSUER = 'skill-observation-server';
const AUDIENCE = 'skill-observation-api';
const ALGORITHM = 'HS256';

const registered = {
  sub: objectIdString,
  iss: z.literal(ISSUER),
  aud: z.literal(AUDIENCE),
  iat: z.int(),
  // jsonwebtoken lets a token without an expiry live forever; here it is not valid.
  exp: z.int(),
};
const tokenClaims = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('access'), role: z.enum(ROLES), ...registered }),
  z.strictObject({
    type: z.literal('attempt'),
    attempt_id: objectIdString,
    // Absent in the first generation, and in tokens of earlier releases.
    generation: z.int().positive().optional(),
    ...registered,
  }),
]);

type AllClaims = z.output<typeof tokenClaims>;
type Known = 'iss' | 'aud' | 'iat';

/** The claims of a verified token that differ from token to token: for an account, or for one attempt only. */
export type TokenClaims =
  | Omit<Extract<AllClaims, { type: 'access' }>, Known>
  | Omit<Extract<AllClaims, { type: 'attempt' }>, Known>;

/** Issues and checks the server's JSON Web Tokens (RFC 7519), signed with HMAC-SHA256. */
export class TokenSigner {
  /** A key object, because a string is first tried as a public key at each check, which is 40 times slower. */
  readonly #key: KeyObject;
  /** Verified tokens. A candidate sends the same token with every event, and it stays valid until it expires. */
  readonly #genuine = new LRUCache<string, TokenClaims>({ max: REMEMBERED });

  /** The server's time in seconds since the epoch. */
  readonly #seconds: () => number;

  /** @param secret at least 32 bytes, the same in every process of an installation. */
  constructor(secret: string, now: () => Date = () => new Date()) {
    this.#key = createSecretKey(secret, 'utf8');
    this.#seconds = () => Math.floor(now().getTime() / 1000);
  }

  /** Issues a token for an account, valid for 15 minutes. */
  signAccessToken({ user_id, role }: { user_id: string; role: Role }): string {
    const exp = this.#seconds() + ACCESS_TOKEN_SECONDS;
    return this.#sign({ type: 'access', sub: user_id, role, exp });
  }

  /** Issues a token for one candidate in one attempt, which it outlives by `ACCESS_OUTLIVES_MS`. */
  signAttemptToken(attempt: AttemptAccess): string {
    const { user_id, attempt_id, expires_at, access_generation: generation } = attempt;
    const exp = Math.ceil((expires_at.getTime() + ACCESS_OUTLIVES_MS) / 1000);
    const claims = { type: 'attempt', sub: user_id, attempt_id, exp };
    return this.#sign(generation ? { ...claims, generation } : claims);
  }

  /**
   * @throws Refusal 401 unless the token was signed with HS256 and this key, for this issuer and audience, has
   * not expired, and has all claims of its type and no others.
   */
  verify(token: string): TokenClaims {
    const known = this.#genuine.get(token);
    if (known && this.#seconds() < known.exp) return known;
    const parsed = tokenClaims.safeParse(this.#payload(token));
    if (!parsed.success) throw invalidToken();
    const { iss: _, aud: __, iat: ___, ...claims } = parsed.data;
    this.#genuine.set(token, claims);
    return claims;
  }

  #sign(claims: object): string {
    return jwt.sign({ ...claims, iat: this.#seconds() }, this.#key, {
      algorithm: ALGORITHM,
      issuer: ISSUER,
      audience: AUDIENCE,
    });
  }

  #payload(token: string): unknown {
    try {
      return jwt.verify(token, this.#key, {
        algorithms: [ALGORITHM],
        issuer: ISSUER,
        audience: AUDIENCE,
        clockTimestamp: this.#seconds(),
      });
    } catch (error) {
      if (error instanceof jwt.TokenExpiredError) throw notAuthenticated('The token has expired.');
      throw invalidToken();
    }
  }
}

const invalidToken = () => notAuthenticated('The token is not valid.');
