// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';

/**
 * What an id is derived from: a challenge that both sides see, or, failing that, the session. The others never leave
 * the data directory: they stand for what ties requests together, which is secret and as long as a client likes.
 */
export type CorrelationKind =
  | 'webauthn'
  | 'session'
  | 'join session'
  | 'join user'
  | 'request'
  | 'request shape'
  | 'route';

/** 132 of 256 bits. */
const ID_LENGTH = 22;

/**
 * Derives `step_up.id`: base64url(HMAC-SHA-256(key, kind ‖ 0x00 ‖ material)), 22 characters. Whoever issued a challenge
 * and whoever checks the answer see the same material, so both derive the same id with nothing shared but the key.
 */
export class CeremonyIds {
  readonly #key: KeyObject;

  /** @param key 32 random bytes, equal in all processes whose records are to be joined. */
  constructor(key: Uint8Array) {
    this.#key = createSecretKey(key);
  }

  derive(kind: CorrelationKind, material: string): string {
    return createHmac('sha256', this.#key).update(`${kind}\0${material}`).digest('base64url').slice(0, ID_LENGTH);
  }
}
