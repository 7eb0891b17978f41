import type { IncomingMessage } from 'node:http';
import ipaddr from 'ipaddr.js';

/**
 * The address of whoever sent a request. Each of `trustedProxies` proxies in front of the server adds to the
 * end of `X-Forwarded-For` the address it was called from; what stands before those the client wrote itself
 * and may be made up, so it is never looked at.
 * @param trustedProxies 0: nothing is in front of the server, and the header is ignored.
 */
export function clientAddress(request: IncomingMessage, trustedProxies: number): string {
  const peer = request.socket.remoteAddress ?? '';
  if (trustedProxies === 0) return peer;
  const forwarded = String(request.headers['x-forwarded-for'] ?? '').split(',');
  // Fewer entries than proxies: the request came another way, and the one that is sure is the peer.
  return forwarded.at(-trustedProxies)?.trim() || peer;
}

/**
 * What one sender can be counted by: an IPv4 address, or the first 64 bits of an IPv6 address, because whoever
 * has one of those has all 2^64 behind it.
 */
export function networkOf(address: string): string {
  if (!ipaddr.IPv6.isValid(address)) return address;
  const parsed = ipaddr.IPv6.parse(address);
  if (parsed.isIPv4MappedAddress()) return parsed.toIPv4Address().toString();
  const network = parsed.parts.slice(0, 4).map((part) => part.toString(16));
  return `${network.join(':')}::/64`;
}

/** Whether `address` is one of this very computer. */
export const isLoopback = (address: string): boolean =>
  ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback';
