// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { describe, expect, test } from 'vitest';
import { clientAddress, trustedProxies } from '../src/identity/client-address.ts';

const none = trustedProxies([]);
const proxies = trustedProxies(['10.0.0.0/8', '192.0.2.7', '2001:db8:ffff::/48']);

describe('the client is', () => {
  const cases: [title: string, remote: string, forwarded: string | undefined, expected: string][] = [
    ['the peer, whatever it forwards, where no proxy is trusted', '203.0.113.9', '198.51.100.1', '203.0.113.9'],
    ['the peer where it is no trusted proxy', '203.0.113.9', '198.51.100.1', '203.0.113.9'],
    ['who the trusted proxy says', '10.1.2.3', '198.51.100.1', '198.51.100.1'],
    [
      'the rightmost that is no proxy, not what the client wrote left of it',
      '10.1.2.3',
      '1.1.1.1, 198.51.100.1, 10.9.9.9',
      '198.51.100.1',
    ],
    [
      'the last good address where the list turns to nonsense',
      '10.1.2.3',
      '198.51.100.1, unknown, 10.9.9.9',
      '10.9.9.9',
    ],
    ['the outermost proxy where all are proxies', '10.1.2.3', '10.1.1.1, 192.0.2.7', '10.1.1.1'],
    ['the proxy where nothing was forwarded', '10.1.2.3', undefined, '10.1.2.3'],
    ['without a port', '10.1.2.3', '198.51.100.1:4711', '198.51.100.1'],
    ['without brackets and port', '10.1.2.3', '[2001:db8:1::5]:443', '2001:db8:1::5'],
    ['an IPv4 address behind an IPv6 proxy', '2001:db8:ffff::1', '198.51.100.1', '198.51.100.1'],
    ['IPv4 where it came over an IPv6 socket', '::ffff:203.0.113.9', undefined, '203.0.113.9'],
    ['without its zone', 'fe80::1%eth0', undefined, 'fe80::1'],
  ];
  test.each(cases)('%s', (title, remote, forwarded, expected) => {
    const trusted = title.includes('no proxy is trusted') ? none : proxies;
    expect(clientAddress(remote, forwarded, trusted)?.address).toBe(expected);
  });

  test('unknown where the socket is gone', () => {
    expect(clientAddress(undefined, undefined, none)).toBeUndefined();
  });
});

describe('an address is shortened to a network that does not name a household:', () => {
  test.each([
    ['203.0.113.9', '203.0.113.0/24'],
    ['2001:db8:7:1::9', '2001:db8:7::/48'],
    ['2001:db8::9', '2001:db8::/48'],
    ['2001:db8:0:1::9', '2001:db8::/48'],
    ['::1', '::/48'],
    ['fe80::1', 'fe80::/48'],
    ['2001:0db8:0007:0000:0000:0000:0000:0001', '2001:db8:7::/48'],
    ['64:ff9b::192.0.2.1', '64:ff9b::/48'],
    ['1::', '1::/48'],
  ])('%s', (address, prefix) => {
    expect(clientAddress(address, undefined, none)?.prefix).toBe(prefix);
  });
});

test('a network that is none is refused instead of trusting nobody or everybody', () => {
  for (const network of ['proxy', '10.0.0.0/33', '', '10.0.0/8', '10.0.0.0/', '10.0.0.0/ ', '10.0.0.0/8/9', '::/129']) {
    expect(() => trustedProxies([network]), network).toThrow(TypeError);
  }
});
