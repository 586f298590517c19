// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { createHmac } from 'node:crypto';
import { join, resolve } from 'node:path';
import type { ResolvedConfig } from '@stepseal/processor/config';
import { KeyError, readSecret } from '@stepseal/processor/keys';
import { type Call, textFlag } from '../command.ts';

/** The keyed hash of an id as capture records it: base64url(HMAC-SHA-256(key, kind ‖ 0x00 ‖ id)), 22 characters. */
export function pseudonym(key: Uint8Array, kind: 'user' | 'session', id: string): string {
  return createHmac('sha256', key).update(`${kind}\0${id}`).digest('base64url').slice(0, 22);
}

/** The pseudonym key, or why it cannot be had. */
export type PseudonymKey = { readonly key: Uint8Array } | { readonly problem: string };

/**
 * Reads the pseudonym key of the configuration. Where records of another place are read (`--dir`) and no key file is
 * configured, it is the one that lies beside them.
 */
export function readPseudonymKey(call: Call, config: ResolvedConfig): PseudonymKey {
  const dir = textFlag(call, 'dir');
  const configured = (config.origins.get('keys.pseudonymFile')?.kind ?? 'default') !== 'default';
  const file =
    dir === undefined || dir === '-' || configured
      ? config.keys.pseudonymFile
      : join(resolve(call.cwd, dir), 'keys', 'pseudonym.key');
  try {
    return { key: readSecret(file).bytes };
  } catch (error) {
    if (!(error instanceof KeyError)) throw error;
    return { problem: `${error.code}: ${error.message}` };
  }
}
