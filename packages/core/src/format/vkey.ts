// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { hash } from 'node:crypto';
import { FormatError } from '../errors.ts';
import { decodeBase64 } from './base64.ts';
import { isKeyName } from './key-name.ts';
import { isSmallOrder } from './small-order.ts';

/** A public key with its name, as a vkey writes it (C2SP signed-note). */
export interface VerifierKey {
  readonly name: string;
  /** The first 32 bits of SHA-256(name ‖ 0x0A ‖ 0x01 ‖ public key). */
  readonly keyId: number;
  /** Ed25519, 32 bytes. */
  readonly publicKey: Uint8Array;
  /** SHA-256 of the public key in hexadecimal: what people compare. */
  readonly fingerprint: string;
}

const ED25519 = 0x01;

/**
 * Reads `name+keyid+base64(0x01 ‖ public key)`. Split at the first two plus signs, since base64 has them too.
 *
 * @throws FormatError `VKEY_MALFORMED` for another type or length, a key of small order, or a key id that is not
 * the key's
 */
export function parseVkey(text: string): VerifierKey {
  const first = text.indexOf('+');
  const second = text.indexOf('+', first + 1);
  if (first < 0 || second < 0) fail('a vkey has three parts');
  const name = text.slice(0, first);
  const encoded = decodeBase64(text.slice(second + 1));
  if (encoded === undefined || encoded.length !== 33 || encoded[0] !== ED25519) {
    fail('a vkey does not hold an Ed25519 key');
  }
  const publicKey = encoded.subarray(1);
  const id = keyId(name, publicKey);
  if (text.slice(first + 1, second) !== hex32(id)) fail('the key id of a vkey is not that of its key');
  return { name, keyId: id, publicKey, fingerprint: hash('sha256', publicKey, 'hex') };
}

/**
 * The vkey of an Ed25519 public key.
 *
 * @throws FormatError `VKEY_MALFORMED` for a name that cannot be one, a key that is not 32 bytes or of small order
 */
export function formatVkey(name: string, publicKey: Uint8Array): string {
  const encoded = Buffer.concat([Buffer.of(ED25519), publicKey]).toString('base64');
  return `${name}+${hex32(keyId(name, publicKey))}+${encoded}`;
}

/**
 * The key id that signature lines carry.
 *
 * @throws FormatError `VKEY_MALFORMED` as {@link formatVkey}
 */
export function keyId(name: string, publicKey: Uint8Array): number {
  if (!isKeyName(name)) fail('a key name is malformed');
  if (publicKey.length !== 32) fail('an Ed25519 key has 32 bytes');
  if (isSmallOrder(publicKey)) fail('an Ed25519 key is a point of small order');
  const input = Buffer.concat([Buffer.from(name), Buffer.of(0x0a, ED25519), publicKey]);
  return Number.parseInt(hash('sha256', input, 'hex').slice(0, 8), 16);
}

function hex32(value: number): string {
  return value.toString(16).padStart(8, '0');
}

function fail(reason: string): never {
  throw new FormatError('VKEY_MALFORMED', reason);
}
