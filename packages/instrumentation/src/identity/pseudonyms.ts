// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';

/** What is hashed. Part of the hashed bytes, so that a session id never hashes to a user's hash. */
export type PseudonymKind = 'user' | 'session' | 'client' | 'device' | 'resource' | 'payment';

/** 132 of 256 bits. */
const HASH_LENGTH = 22;

/** Keyed hashes of ids that must be recognised again but never read. Without the key a guess cannot be tried. */
export class Pseudonyms {
  readonly #key: KeyObject;

  /** @param key 32 random bytes; equal wherever the hashes are to be equal. */
  constructor(key: Uint8Array) {
    this.#key = createSecretKey(key);
  }

  /** base64url(HMAC-SHA-256(key, kind ‖ 0x00 ‖ id)), 22 characters. */
  hash(kind: PseudonymKind, id: string): string {
    return createHmac('sha256', this.#key).update(`${kind}\0${id}`).digest('base64url').slice(0, HASH_LENGTH);
  }
}
