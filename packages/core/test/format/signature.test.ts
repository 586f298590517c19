// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  formatVkey,
  parseVkey,
  type VerifierKey,
  verifySignature,
  verifySignatureAsync,
} from '../../src/format/index.ts';
import { readVectors } from './vectors.ts';

interface Vector {
  key: string;
  sig: string;
  msg: string;
}
const rfc8032 = readVectors<{ vectors: (Vector & { name: string })[] }>('ed25519/rfc8032.json').vectors;
const cctv = readVectors<(Vector & { number: number; flags?: string[] })[]>('ed25519/cctv-ed25519vectors.json');

// The rule of docs/spec/notes.md: what every flag but low_order_component_A and low_order_component_R names is refused.
const REFUSED = [
  'low_order_A',
  'low_order_R',
  'low_order_residue',
  'non_canonical_A',
  'non_canonical_R',
  'reencoded_k',
];

/** A key that no vkey could carry, to see what the signature check itself says. */
function rawKey(hex: string): VerifierKey {
  return { name: 'k', keyId: 0, publicKey: Buffer.from(hex, 'hex'), fingerprint: '' };
}

describe('Ed25519', () => {
  test.each(rfc8032)('RFC 8032 section 7.1 $name is accepted, and no other message', async ({ key, sig, msg }) => {
    const signature = Buffer.from(sig, 'hex');
    const message = Buffer.from(msg, 'hex');
    const vkey = parseVkey(formatVkey('k', Buffer.from(key, 'hex')));
    expect(verifySignature(vkey, message, signature)).toBe(true);
    expect(await verifySignatureAsync(vkey, message, signature)).toBe(true);
    expect(verifySignature(vkey, Buffer.concat([message, Buffer.of(0)]), signature)).toBe(false);
    expect(await verifySignatureAsync(vkey, Buffer.concat([message, Buffer.of(0)]), signature)).toBe(false);
  });

  // Left to itself, Node 20 (OpenSSL 3.0) accepts 208 of them and Node 24 (OpenSSL 3.5) 43.
  test('all 914 vectors of C2SP CCTV are judged by one rule under every version of OpenSSL', async () => {
    expect(cctv).toHaveLength(914);
    let accepted = 0;
    for (const { key, sig, msg, flags } of cctv) {
      const expected = !(flags ?? []).some((flag) => REFUSED.includes(flag));
      const result = verifySignature(rawKey(key), msg, Buffer.from(sig, 'hex'));
      expect(result).toBe(expected);
      expect(await verifySignatureAsync(rawKey(key), msg, Buffer.from(sig, 'hex'))).toBe(expected);
      accepted += Number(result);
    }
    expect(accepted).toBe(43);
  });

  test('a key of small order is refused as a vkey', () => {
    const keys = new Set(cctv.filter(({ flags }) => flags?.includes('low_order_A')).map(({ key }) => key));
    expect(keys.size).toBe(14);
    for (const key of keys) {
      expect(() => formatVkey('k', Buffer.from(key, 'hex'))).toThrow(
        expect.objectContaining({ code: 'VKEY_MALFORMED' }),
      );
    }
  });

  test('keys that are no point and signatures of other lengths are refused, not thrown at', async () => {
    const message = 'x';
    for (const key of ['ff'.repeat(32), `02${'00'.repeat(31)}`]) {
      expect(verifySignature(rawKey(key), message, Buffer.alloc(64, 7))).toBe(false);
      expect(await verifySignatureAsync(rawKey(key), message, Buffer.alloc(64, 7))).toBe(false);
    }
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(12);
    const key = parseVkey(formatVkey('k', raw));
    const signature = sign(null, Buffer.from(message), privateKey);
    expect(verifySignature(key, message, signature)).toBe(true);
    for (const wrong of [Buffer.alloc(0), signature.subarray(1), Buffer.concat([signature, Buffer.of(0)])]) {
      expect(verifySignature(key, message, wrong)).toBe(false);
      expect(await verifySignatureAsync(key, message, wrong)).toBe(false);
    }
  });

  test('a signature with S beyond the group order is refused, or each would have a second spelling', () => {
    const { key, sig, msg } = rfc8032[1] as Vector;
    const order = 2n ** 252n + 27742317777372353535851937790883648493n;
    const bytes = Buffer.from(sig, 'hex');
    const s = BigInt(`0x${Buffer.from(bytes.subarray(32)).reverse().toString('hex')}`) + order;
    Buffer.from(s.toString(16).padStart(64, '0'), 'hex').reverse().copy(bytes, 32);
    expect(verifySignature(rawKey(key), Buffer.from(msg, 'hex'), bytes)).toBe(false);
  });

  test('every changed bit of a signature, of its message and of its key is noticed', () => {
    const { key, sig } = rfc8032[2] as Vector;
    const message = Buffer.from('af82', 'hex');
    const flip = (bytes: Buffer, bit: number): Buffer => {
      const copy = Buffer.from(bytes);
      copy[bit >> 3] = (copy[bit >> 3] as number) ^ (1 << (bit & 7));
      return copy;
    };
    for (let bit = 0; bit < 512; bit++) {
      expect(verifySignature(rawKey(key), message, flip(Buffer.from(sig, 'hex'), bit))).toBe(false);
    }
    for (let bit = 0; bit < 256; bit++) {
      const other = flip(Buffer.from(key, 'hex'), bit).toString('hex');
      expect(verifySignature(rawKey(other), message, Buffer.from(sig, 'hex'))).toBe(false);
    }
    for (let bit = 0; bit < 16; bit++) {
      expect(verifySignature(rawKey(key), flip(message, bit), Buffer.from(sig, 'hex'))).toBe(false);
    }
  });
});
