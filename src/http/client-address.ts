import type { IncomingMessage } from 'node:http';
import ipaddr from 'ipaddr.js';

/**
 * The address of the client that sent a request. Each of the `trustedProxies` proxies in front of the server appends
 * the address of its own caller to `X-Forwarded-For`. Earlier entries were written by the client and may be made up,
 * so they are ignored.
 * @param trustedProxies with 0 nothing is in front of the server, and the header is ignored
 */
export function clientAddress(request: IncomingMessage, trustedProxies: number): string {
  const peer = request.socket.remoteAddress ?? '';
  if (trustedProxies === 0) return peer;
  const forwarded = String(request.headers['x-forwarded-for'] ?? '').split(',');
  // Fewer entries than proxies: the request did not pass all of them, and only the peer's address is certain.
  return forwarded.at(-trustedProxies)?.trim() || peer;
}

/**
 * The network to count a sender by: an IPv4 address, or the first 64 bits of an IPv6 address, because one sender
 * usually has all 2^64 addresses that begin with them.
 */
export function networkOf(address: string): string {
  if (!ipaddr.IPv6.isValid(address)) return address;
  const parsed = ipaddr.IPv6.parse(address);
  if (parsed.isIPv4MappedAddress()) return parsed.toIPv4Address().toString();
  const network = parsed.parts.slice(0, 4).map((part) => part.toString(16));
  return `${network.join(':')}::/64`;
}

/** Whether `address` is a loopback address of this computer. */
export const isLoopback = (address: string): boolean =>
  ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback';
