// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { formatVkey, keyId, type SignatureLine } from '@stepseal/core/format';
import { seedBytes } from './seeded-random.ts';

/** RFC 8410: the PKCS#8 frame in front of the 32 bytes of an Ed25519 private key. */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

/** An Ed25519 key made from a label when a test runs, so that no key file is ever kept. */
export interface TestKey {
  readonly name: string;
  readonly publicKey: Uint8Array;
  readonly keyId: number;
  readonly vkey: string;
  /** Lower-case hex SHA-256 of the raw public key. */
  readonly fingerprint: string;
  sign(message: string | Uint8Array): Uint8Array;
  /** The signature line of this key under a note's text. */
  line(text: string): SignatureLine;
}

/**
 * The key of that label under that name. One label gives the same key pair under any name, which is what a test about
 * names and key ids needs.
 */
export function testKey(name: string, label: string): TestKey {
  const privateKey = createPrivateKey({
    key: Buffer.concat([PKCS8_PREFIX, seedBytes(`key/${label}`)]),
    format: 'der',
    type: 'pkcs8',
  });
  const publicKey = createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(-32);
  const id = keyId(name, publicKey);
  const signMessage = (message: string | Uint8Array): Uint8Array => sign(null, Buffer.from(message), privateKey);
  return {
    name,
    publicKey,
    keyId: id,
    vkey: formatVkey(name, publicKey),
    fingerprint: createHash('sha256').update(publicKey).digest('hex'),
    sign: signMessage,
    line: (text) => ({ name, keyId: id, signature: signMessage(text) }),
  };
}
