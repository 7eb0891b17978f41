import { Refusal } from '../errors.ts';
import { SITE_FACTOR } from './client-address.ts';
import { FailureDelays, type FailureRate, refuseEarly } from './failure-delays.ts';
import { FairTurns, LOOK_UPS } from './fair-turns.ts';

/** How often guessing may fail: see `SecretGuesses`. */
export interface GuessRates {
  network: FailureRate;
  /** Of one secret, from whatever address. */
  secret: FailureRate;
  everybody: FailureRate;
}

/** Who presents what. */
export interface Presented {
  /** Of the client, see `networksOf`. */
  networks: readonly string[];
  secret: string;
}

/** What an error says about the secret that was presented. */
export interface Verdict {
  /** There is no such secret. */
  isGuess(refusal: Refusal): boolean;
  /** The secret exists, but something else that belongs to it was wrong. */
  isMisuse?(refusal: Refusal): boolean;
}

/** Above the limit for everybody, networks with fewer failures than this go on as before. */
const INNOCENT_FAILURES = 30;

/**
 * Limits on guessing secrets that a machine made at random, of 128 bits or more. Only failures count, so a crowd behind
 * one address with valid secrets is never refused, however large.
 *
 * - **Per network:** an attacker with one address can try 300 secrets in 10 minutes and then one a minute, some 45 000
 *   a day (four times that with a whole IPv6 site).
 * - **Per secret:** whoever has a secret, but not what belongs to it (a `redemption_id` of 122 random bits), can try
 *   60 times in a minute, 86 400 times a day.
 * - **In all:** after 20 000 failures in an hour, from however many addresses, a network that has failed 30 times gets a
 *   try only when nobody of its kind had one for a second. An attacker with a million addresses then has 30 tries from
 *   each in 10 minutes, at most 5 × 10⁹ a day. If a million tokens were open, one of those would hit one of them with a
 *   probability below 10⁻⁶⁰, and that of a year is no better. More is not needed, and a stricter limit would let the
 *   attacker keep honest people out.
 *
 * Look-ups are made in fair turns, so a network that sends many at once has at most 8 more than the limit looked up. If more than `MAX_KEYS` networks fail within a span, those that failed longest ago are forgotten. That gives each of
 * them the free failures again, which changes nothing about the figures above.
 */
export class SecretGuesses {
  readonly #what: string;
  readonly #verdict: Verdict;
  readonly #networks: FailureDelays;
  readonly #sites: FailureDelays;
  readonly #secrets: FailureDelays;
  readonly #everybody: FailureDelays;
  readonly #turns = new FairTurns(LOOK_UPS);

  /** @param what is guessed, in the plural */
  constructor(what: string, { network, secret, everybody }: GuessRates, verdict: Verdict) {
    this.#what = what;
    this.#verdict = verdict;
    this.#networks = new FailureDelays(network);
    this.#sites = new FailureDelays({ ...network, free: network.free * SITE_FACTOR });
    this.#secrets = new FailureDelays(secret);
    this.#everybody = new FailureDelays(everybody);
  }

  /**
   * Looks a secret up, unless too many look-ups failed before. What fails is counted.
   * @throws Refusal 429; whatever `lookUp` throws
   */
  run<T>(presented: Presented, lookUp: () => Promise<T>): Promise<T> {
    return this.#turns.run(presented.networks[0] ?? '', async () => {
      await this.#refuseEarly(presented);
      try {
        return await lookUp();
      } catch (error) {
        if (error instanceof Refusal) await this.#count(presented, error);
        throw error;
      }
    });
  }

  async #refuseEarly({ networks: [network = '', site], secret }: Presented): Promise<void> {
    const isInnocent = (await this.#networks.failures(network)) < INNOCENT_FAILURES;
    const seconds = Math.max(
      await this.#networks.secondsLeft(network),
      site === undefined ? 0 : await this.#sites.secondsLeft(site),
      await this.#secrets.secondsLeft(secret),
      isInnocent ? 0 : await this.#everybody.secondsLeft(EVERYBODY),
    );
    refuseEarly(seconds, this.#what);
  }

  async #count({ networks: [network = '', site], secret }: Presented, refusal: Refusal): Promise<void> {
    const isGuess = this.#verdict.isGuess(refusal);
    if (isGuess || this.#verdict.isMisuse?.(refusal)) await this.#secrets.countFailure(secret);
    if (!isGuess) return;
    await this.#networks.countFailure(network);
    if (site !== undefined) await this.#sites.countFailure(site);
    await this.#everybody.countFailure(EVERYBODY);
  }
}

/** The only key of the counter for everybody. */
const EVERYBODY = 'everybody';
