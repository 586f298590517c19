// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { isSmallOrder } from './small-order.ts';
import type { VerifierKey } from './vkey.ts';

// SubjectPublicKeyInfo of Ed25519 up to the key's bytes (RFC 8410 section 4).
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

const keyObjects = new WeakMap<VerifierKey, KeyObject>();

/**
 * Whether `signature` is the key's Ed25519 signature (RFC 8032) over `message`; a string is taken as UTF-8. Keys and
 * signatures with a point of small order are refused, so that every version of OpenSSL gives the same answer.
 * Blocks for about 0.1 ms.
 */
export function verifySignature(key: VerifierKey, message: string | Uint8Array, signature: Uint8Array): boolean {
  if (!isAdmissible(key, signature)) return false;
  return verify(null, toBytes(message), keyObject(key), signature);
}

/** As {@link verifySignature}, in the thread pool. */
export function verifySignatureAsync(
  key: VerifierKey,
  message: string | Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  if (!isAdmissible(key, signature)) return Promise.resolve(false);
  return new Promise((resolve, reject) => {
    verify(null, toBytes(message), keyObject(key), signature, (error, valid) => {
      if (error) reject(error);
      else resolve(valid);
    });
  });
}

function isAdmissible(key: VerifierKey, signature: Uint8Array): boolean {
  return signature.length === 64 && !isSmallOrder(signature.subarray(0, 32)) && !isSmallOrder(key.publicKey);
}

function keyObject(key: VerifierKey): KeyObject {
  let object = keyObjects.get(key);
  if (object === undefined) {
    object = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, key.publicKey]), format: 'der', type: 'spki' });
    keyObjects.set(key, object);
  }
  return object;
}

function toBytes(message: string | Uint8Array): Uint8Array {
  return typeof message === 'string' ? Buffer.from(message) : message;
}
