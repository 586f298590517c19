// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { hash } from 'node:crypto';

/**
 * The record hash H = SHA-256(P) as 64 lower-case hexadecimal digits. A string is hashed as UTF-8 and must be
 * well-formed, as every payload is.
 */
export function recordHash(payload: Uint8Array | string): string {
  return hash('sha256', payload, 'hex');
}
