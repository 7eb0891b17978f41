import type { IncomingMessage } from 'node:http';
import ipaddr from 'ipaddr.js';
import type { Logger } from 'pino';

/** Who sent a request, as far as limits are concerned. */
export interface Client {
  /** To count it by, see `networksOf`. */
  networks: readonly string[];
  /** Whether it has closed its connection, so that an answer would reach nobody. */
  hasLeft(): boolean;
}

/**
 * Finds who sent a request. Each of the `trustedProxies` proxies in front of the server appends the address of its own
 * caller to `X-Forwarded-For`. Earlier entries were written by the client and may be made up, so they are ignored.
 * If the header does not fit the setting, requests count by the address of the connection: always true, but the same
 * for everybody behind one proxy. The operator is then told, once per kind of mistake.
 */
export class ClientAddresses {
  readonly #trustedProxies: number;
  readonly #log: Pick<Logger, 'warn'>;
  readonly #told = new Set<string>();

  /** @param trustedProxies with 0 nothing is in front of the server, and the header is ignored */
  constructor(trustedProxies: number, log: Pick<Logger, 'warn'>) {
    this.#trustedProxies = trustedProxies;
    this.#log = log;
  }

  /** The address of the client, without a port; empty if its connection is already closed. */
  of({ socket, headers }: IncomingMessage): string {
    const peer = socket.remoteAddress ?? '';
    const header = headers['x-forwarded-for'];
    const forwarded = header === undefined ? [] : String(header).split(',');
    if (this.#trustedProxies === 0) {
      if (header !== undefined) this.#tellOnce('unexpected', UNEXPECTED);
      return peer;
    }
    const entry = forwarded.at(-this.#trustedProxies);
    if (entry === undefined) {
      this.#tellOnce('short', TOO_SHORT, { entries: forwarded.length, trust_proxy: this.#trustedProxies });
      return peer;
    }
    const address = addressIn(entry.trim());
    if (address === undefined) this.#tellOnce('not an address', NO_ADDRESS);
    return address ?? peer;
  }

  clientOf(request: IncomingMessage): Client {
    return { networks: networksOf(this.of(request)), hasLeft: () => request.socket.destroyed };
  }

  #tellOnce(kind: string, message: string, details: object = {}): void {
    if (this.#told.has(kind)) return;
    this.#told.add(kind);
    this.#log.warn(details, message);
  }
}

const UNEXPECTED =
  'A request has an X-Forwarded-For header, but TRUST_PROXY is 0, so the header is ignored. If there is a proxy in front of this server, all its clients count as one address: set TRUST_PROXY to the number of proxies. (Told once.)';
const TOO_SHORT =
  'A request has fewer entries in X-Forwarded-For than TRUST_PROXY says, so it counts by the address of its connection. Set TRUST_PROXY to the number of proxies that each request passes. (Told once.)';
const NO_ADDRESS =
  'A proxy wrote something into X-Forwarded-For that is not an IP address, so the request counts by the address of its connection. (Told once.)';

/**
 * The address in one entry of `X-Forwarded-For`. Some proxies add the port: `192.0.2.1:5678`, `[2001:db8::1]:80`.
 * @returns undefined for anything else, for example `unknown` or `_hidden` (RFC 7239, section 6)
 */
function addressIn(entry: string): string | undefined {
  const address =
    /^\[([^\]]*)\](?::\d{1,5})?$/.exec(entry)?.[1] ?? /^([\d.]+):\d{1,5}$/.exec(entry)?.[1] ?? entry;
  // Not `isValid`, which takes `1` or `0x7f.1` for IPv4 addresses.
  const isAddress = ipaddr.IPv4.isValidFourPartDecimal(address) || ipaddr.IPv6.isValid(address);
  return isAddress ? address : undefined;
}

/**
 * The network to count a sender by: an IPv4 address, or the first 64 bits of an IPv6 address, because one sender
 * usually has all 2^64 addresses that begin with them.
 */
export function networkOf(address: string): string {
  return networksOf(address)[0] ?? address;
}

/** What a site of up to 65 536 networks may do, as a multiple of what one network may. */
export const SITE_FACTOR = 4;

/**
 * The networks to count a sender by, the nearest first. For IPv6 there is a second one, the first 48 bits: a site may
 * be given all 65 536 networks of 64 bits that begin with them.
 */
export function networksOf(address: string): string[] {
  if (!ipaddr.IPv6.isValid(address)) return [address];
  const parsed = ipaddr.IPv6.parse(address);
  if (parsed.isIPv4MappedAddress()) return [parsed.toIPv4Address().toString()];
  const parts = parsed.parts.map((part) => part.toString(16));
  return [`${parts.slice(0, 4).join(':')}::/64`, `${parts.slice(0, 3).join(':')}::/48`];
}

/** Whether `address` is a loopback address of this computer. */
export const isLoopback = (address: string): boolean =>
  ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback';
