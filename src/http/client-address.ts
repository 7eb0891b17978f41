import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';

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
  const [plain = ''] = address.split('%');
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(plain)?.[1];
  if (mapped) return mapped;
  if (!isIPv6(plain)) return plain;
  const [head = '', tail] = plain.split('::');
  const groups = head === '' ? [] : head.split(':');
  const behind = tail ? tail.split(':').length + (tail.includes('.') ? 1 : 0) : 0;
  const zeros = tail === undefined ? 0 : Math.max(8 - groups.length - behind, 0);
  const all = [...groups, ...Array<string>(zeros).fill('0'), ...(tail ? tail.split(':') : [])];
  return `${all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}
