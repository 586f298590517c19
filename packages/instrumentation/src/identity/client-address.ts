// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { BlockList, isIP } from 'node:net';

export interface ClientAddress {
  readonly address: string;
  readonly family: 'ipv4' | 'ipv6';
  /** `192.0.2.0/24`, `2001:db8:7::/48`. */
  readonly prefix: string;
}

/** No chain of proxies is longer; what stands further left was written by whoever sent the request. */
const MAX_HOPS = 32;

/** @param networks addresses or CIDR networks whose `X-Forwarded-For` is believed. @throws {TypeError} on any other text. */
export function trustedProxies(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits, ...rest] = network.split('/');
    const version = isIP(address);
    const length = bits === undefined || /^\d{1,3}$/.test(bits) ? Number(bits ?? 0) : Number.NaN;
    // A length left out behind the slash is refused: as a 0 it would trust everybody.
    if (version === 0 || rest.length > 0 || !(length <= (version === 4 ? 32 : 128))) {
      throw new TypeError(`client.trustedProxies holds what is no address or network such as 10.0.0.0/8: ${network}`);
    }
    const family = version === 4 ? 'ipv4' : 'ipv6';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, length, family);
  }
  return list;
}

/**
 * Who sent the request: the peer of the socket, or, when that is a trusted proxy, the rightmost address of
 * `X-Forwarded-For` that is none. Everything left of it is under the client's control and is not looked at.
 */
export function clientAddress(
  peer: string | undefined,
  forwarded: string | readonly string[] | undefined,
  proxies: BlockList,
): ClientAddress | undefined {
  let address = normalise(peer ?? '');
  if (address === undefined) return undefined;
  if (forwarded !== undefined && isTrusted(address, proxies)) {
    const hops = (typeof forwarded === 'string' ? forwarded : forwarded.join(',')).split(',').slice(-MAX_HOPS);
    for (const hop of hops.reverse()) {
      const next = normalise(withoutPort(hop.trim()));
      if (next === undefined) break;
      address = next;
      if (!isTrusted(address, proxies)) break;
    }
  }
  const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';
  return { address, family, prefix: family === 'ipv4' ? prefix24(address) : prefix48(address) };
}

/** Whether the other end of the socket is a proxy whose headers are believed. */
export function isTrustedProxy(peer: string | undefined, proxies: BlockList): boolean {
  const address = normalise(peer ?? '');
  return address !== undefined && isTrusted(address, proxies);
}

function isTrusted(address: string, proxies: BlockList): boolean {
  return proxies.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6');
}

/** An IPv4 address that came over an IPv6 socket is that IPv4 address; a zone (`%eth0`) is not part of it. */
function normalise(text: string): string | undefined {
  const mapped = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i.exec(text)?.[1];
  const address = mapped ?? text.replace(/%.*$/, '').toLowerCase();
  return isIP(address) === 0 ? undefined : address;
}

/** `192.0.2.1:4711` and `[2001:db8::1]:443` as some proxies write them. */
function withoutPort(hop: string): string {
  const bracketed = /^\[([^\]]*)\](?::\d+)?$/.exec(hop)?.[1];
  return bracketed ?? hop.replace(/^(\d{1,3}(?:\.\d{1,3}){3}):\d+$/, '$1');
}

function prefix24(address: string): string {
  return `${address.slice(0, address.lastIndexOf('.'))}.0/24`;
}

function prefix48(address: string): string {
  const [head = '', tail] = address.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  // An embedded IPv4 address (`64:ff9b::192.0.2.1`) stands for two groups.
  const rightLength = right.length + (right.at(-1)?.includes('.') === true ? 1 : 0);
  const zeros: string[] = tail === undefined ? [] : Array.from({ length: 8 - left.length - rightLength }, () => '0');
  const groups = [...left, ...zeros, ...right].slice(0, 3).map((group) => Number.parseInt(group, 16).toString(16));
  while (groups.at(-1) === '0') groups.pop();
  return groups.length === 0 ? '::/48' : `${groups.join(':')}::/48`;
}
