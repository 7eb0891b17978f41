import { tooManyRequests } from '../errors.ts';
import { SITE_FACTOR } from '../http/client-address.ts';
import { FailureDelays, type FailureRate } from '../http/failure-delays.ts';

/** One try of a password. */
export interface PasswordTry {
  /** What identifies the account; the account need not exist. */
  account: string;
  /** Of the client, see `networksOf`. */
  networks: readonly string[];
  /** Whether the account's owner has logged in from this network before. */
  isKnownPlace: boolean;
}

/** How often passwords may be wrong, see `LogInDelays`. */
export interface LogInRates {
  /** One account from one network that it knows. */
  knownPlace: FailureRate;
  /** One account from one network that it does not know. */
  newPlace: FailureRate;
  /** One account, from all networks that it does not know. */
  account: FailureRate;
  /** All accounts from one network that they do not know. */
  network: FailureRate;
  /** All accounts, from all networks that they do not know. */
  everybody: FailureRate;
}

const HOUR = 3600;
const LOG_IN_RATES: LogInRates = {
  knownPlace: { free: 5, seconds: HOUR, firstDelaySeconds: 1, maxDelaySeconds: 60 },
  newPlace: { free: 5, seconds: HOUR, firstDelaySeconds: 1, maxDelaySeconds: 900 },
  account: { free: 30, seconds: HOUR, firstDelaySeconds: 1, maxDelaySeconds: 60 },
  network: { free: 200, seconds: HOUR, firstDelaySeconds: 1, maxDelaySeconds: 60 },
  everybody: { free: 5000, seconds: HOUR, firstDelaySeconds: 1, maxDelaySeconds: 1 },
};

/** The only key of the counter for everybody. */
const EVERYBODY = 'everybody';

/** What delays password tries. */
export type PasswordDelays = Pick<LogInDelays, 'refuseEarly' | 'countFailure' | 'countSuccess'>;

/** For servers without rate limits. */
export const noDelays: PasswordDelays = {
  refuseEarly: async () => undefined,
  countFailure: async () => undefined,
  countSuccess: async () => undefined,
};

/**
 * Delays for guessing passwords. Only wrong passwords count, so a class of recruiters logs in at once from one address.
 * Nobody can be locked out by somebody elsewhere: an account remembers the networks from which its owner logged in or
 * refreshed (`known_networks`), and only failures from the same network delay those. This is what OWASP calls device
 * cookies, with networks in place of cookies, because the API has none. Who is logged in stays logged in anyway.
 *
 * What an attacker can try, by hour:
 * - **one account from one place:** 5 passwords at once, then after 1 s, 2 s, 4 s … up to 15 minutes: 17. From a network
 *   that the account knows (a colleague, somebody in the same class), up to a minute: 70.
 * - **one account from anywhere:** 30 and then one a minute: 95, fewer than the 100 of OWASP's ASVS (2.2.1) and of
 *   NIST SP 800-63B, and 2 300 a day. Passwords have 12 characters or more and are none of the 44 000 common ones of that
 *   length, so this is a list of the next likely ones, and the delays begin when 6 networks have taken part. The owner,
 *   in a place where they never were before, then gets a turn at most a minute later, and at once in a known place.
 * - **many accounts from one place ("spraying"):** 200 and then one a minute: 265, 6 400 a day, four times that from a
 *   whole IPv6 site.
 * - **many accounts from anywhere:** 5000 and then one a second: 8600, 206 000 a day, which takes 30 networks or more all
 *   the time. Then new places wait, and known ones do not.
 *
 * There is room for the keys of all failures from new places that any hour can have, so nobody can push out a counter
 * that protects somebody by filling the memory. Known places have counters of their own: only whoever has accounts can
 * add to them.
 */
export class LogInDelays {
  readonly #knownPlaces: FailureDelays;
  readonly #newPlaces: FailureDelays;
  readonly #accounts: FailureDelays;
  readonly #networks: FailureDelays;
  readonly #sites: FailureDelays;
  readonly #everybody: FailureDelays;

  constructor({ knownPlace, newPlace, account, network, everybody } = LOG_IN_RATES) {
    const { free, seconds, maxDelaySeconds } = everybody;
    // Any hour has a part in two spans of the counter for everybody at most.
    const mostFailures = 2 * (free + seconds / maxDelaySeconds);
    this.#knownPlaces = new FailureDelays(knownPlace);
    this.#newPlaces = new FailureDelays(newPlace, mostFailures);
    this.#accounts = new FailureDelays(account, mostFailures);
    this.#networks = new FailureDelays(network, mostFailures);
    this.#sites = new FailureDelays({ ...network, free: network.free * SITE_FACTOR }, mostFailures);
    this.#everybody = new FailureDelays(everybody);
  }

  /** @throws Refusal 429 with the seconds until this may be tried */
  async refuseEarly(password: PasswordTry): Promise<void> {
    const delays = this.#delaysFor(password).map(({ delays, key }) => delays.secondsLeft(key));
    const seconds = Math.max(...(await Promise.all(delays)));
    if (seconds === 0) return;
    const advice = password.isKnownPlace ? '' : ', or log in from where you did before';
    throw tooManyRequests(`Too many log-ins have failed; try again in ${seconds} s${advice}.`, {
      retry_after: seconds,
    });
  }

  /** Counts a wrong password. */
  async countFailure(password: PasswordTry): Promise<void> {
    await Promise.all(this.#delaysFor(password).map(({ delays, key }) => delays.countFailure(key)));
  }

  /** After the right password, earlier wrong ones from the same place no longer count. */
  async countSuccess(password: PasswordTry): Promise<void> {
    const [place] = this.#delaysFor(password);
    await place.delays.forget(place.key);
  }

  /** The place first. */
  #delaysFor({ account, networks, isKnownPlace }: PasswordTry): [Delay, ...Delay[]] {
    const [network = '', site] = networks;
    const place = `${network} ${account}`;
    if (isKnownPlace) return [{ delays: this.#knownPlaces, key: place }];
    return [
      { delays: this.#newPlaces, key: place },
      { delays: this.#accounts, key: account },
      { delays: this.#networks, key: network },
      ...(site === undefined ? [] : [{ delays: this.#sites, key: site }]),
      { delays: this.#everybody, key: EVERYBODY },
    ];
  }
}

interface Delay {
  delays: FailureDelays;
  key: string;
}
