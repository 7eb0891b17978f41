import type { IncomingMessage } from 'node:http';
import * as fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { describe, expect, it } from 'vitest';
import { ClientAddresses, networkOf, networksOf } from '../../src/http/client-address.ts';

const PEER = '10.0.0.1';
const from = (peer: string, forwarded?: string) =>
  ({
    socket: { remoteAddress: peer },
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  }) as unknown as IncomingMessage;

/** Addresses as a server with so many proxies sees them, and what its operator is told. */
function behind(proxies: number) {
  const told: string[] = [];
  const clients = new ClientAddresses(proxies, {
    warn: (_: object, message?: string) => void told.push(message ?? ''),
  });
  return { told, addressOf: (forwarded?: string) => clients.of(from(PEER, forwarded)) };
}

describe('the address of a client', () => {
  it.each([
    ['the peer, whatever it claims, without a proxy', 0, '1.2.3.4', PEER],
    ['what the proxy tells', 1, '1.2.3.4', '1.2.3.4'],
    ['not what the client wrote in front of it', 1, '6.6.6.6, 1.2.3.4', '1.2.3.4'],
    ['what the outer of two proxies tells', 2, '6.6.6.6,1.2.3.4 , 5.5.5.5', '1.2.3.4'],
    ['the peer when the header is missing', 1, undefined, PEER],
    ['the peer when a proxy was left out', 2, '6.6.6.6', PEER],
    ['the peer when there is nothing', 1, '1.2.3.4, ', PEER],
    ['without the port that some proxies add', 1, '1.2.3.4:5678', '1.2.3.4'],
    ['without the port and brackets of IPv6', 1, '[2001:db8::1]:80', '2001:db8::1'],
    ['without brackets alone', 1, '[::1]', '::1'],
    ['the peer for an unknown client', 1, 'unknown', PEER],
    ['the peer for an obfuscated client', 1, '_gazonk', PEER],
    ['the peer for what is nearly an address', 1, '1.2.3', PEER],
    ['the peer for a number', 1, '16909060', PEER],
    ['the peer for an address with something behind it', 1, '1.2.3.4:80:x', PEER],
    ['the peer for an open bracket', 1, '[::1', PEER],
  ])('is %s', (_, proxies, forwarded, expected) => {
    expect(behind(proxies).addressOf(forwarded)).toBe(expected);
  });

  it('is always the one that the last proxy saw, whatever the client wrote before', () => {
    const { addressOf } = behind(1);
    const address = fc.oneof(fc.ipV4(), fc.ipV6());
    const port = fc.option(fc.integer({ min: 0, max: 65_535 }), { nil: undefined });
    void fc.assert(
      fc.property(fc.array(fc.string()), address, port, (forged, real, givenPort) => {
        const bracketed = real.includes(':') ? `[${real}]` : real;
        const entry = givenPort === undefined ? real : `${bracketed}:${givenPort}`;
        expect(addressOf([...forged, entry].join(', '))).toBe(real);
      }),
    );
  });

  it('is an address, whatever the header is', () => {
    const { addressOf } = behind(1);
    void fc.assert(
      fc.property(fc.string(), (header) => {
        const address = addressOf(header);
        expect(ipaddr.isValid(address)).toBe(true);
        expect(networksOf(address).join().length).toBeLessThan(60);
      }),
    );
  });
});

describe('an operator is told once that', () => {
  it.each([
    ['there is a header although no proxy is expected', 0, '1.2.3.4', /TRUST_PROXY is 0/],
    [
      'the header is shorter than it should be',
      2,
      '1.2.3.4',
      /fewer entries in X-Forwarded-For than TRUST_PROXY/,
    ],
    ['the header is missing', 1, undefined, /fewer entries in X-Forwarded-For than TRUST_PROXY/],
    ['a proxy wrote no address', 1, 'unknown', /not an IP address/],
  ])('%s', (_, proxies, forwarded, message) => {
    const { addressOf, told } = behind(proxies);
    for (let n = 0; n < 3; n++) addressOf(forwarded);
    expect(told).toEqual([expect.stringMatching(message)]);
  });

  it('and of nothing while header and setting fit', () => {
    const direct = behind(0);
    direct.addressOf();
    const proxied = behind(2);
    proxied.addressOf('1.2.3.4, 5.6.7.8');
    proxied.addressOf('forged, 1.2.3.4, 5.6.7.8');
    expect([...direct.told, ...proxied.told]).toEqual([]);
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

  it('is a part of a wider one for IPv6, which one site may have as a whole', () => {
    expect(networksOf('2001:db8:1:2::5')).toEqual(['2001:db8:1:2::/64', '2001:db8:1::/48']);
    expect(networksOf('192.0.2.1')).toEqual(['192.0.2.1']);
  });
});
