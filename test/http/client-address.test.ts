import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { clientAddress, networkOf } from '../../src/http/client-address.ts';

const from = (peer: string, forwarded?: string) =>
  ({
    socket: { remoteAddress: peer },
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  }) as unknown as IncomingMessage;

describe('the address of a client', () => {
  it.each([
    ['the peer, whatever it claims, without a proxy', 0, '1.2.3.4', '10.0.0.1'],
    ['what the proxy tells', 1, '1.2.3.4', '1.2.3.4'],
    ['not what the client wrote in front of it', 1, '6.6.6.6, 1.2.3.4', '1.2.3.4'],
    ['what the outer of two proxies tells', 2, '6.6.6.6,1.2.3.4 , 5.5.5.5', '1.2.3.4'],
    ['the peer when the header is missing', 1, undefined, '10.0.0.1'],
    ['the peer when a proxy was left out', 2, '6.6.6.6', '10.0.0.1'],
    ['the peer when there is nothing', 1, '1.2.3.4, ', '10.0.0.1'],
  ])('is %s', (_, proxies, forwarded, expected) => {
    expect(clientAddress(from('10.0.0.1', forwarded), proxies)).toBe(expected);
  });
});

describe('the network of an address', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::1', '0:0:0:0::/64'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::', '2001:db8:1:2::/64'],
    ['2001:0DB8::5', '2001:db8:0:0::/64'],
    ['2001:db8::1:2:3:4:5', '2001:db8:0:1::/64'],
    ['64:ff9b::192.0.2.33', '64:ff9b:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['not an address', 'not an address'],
  ])('%s: %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});
