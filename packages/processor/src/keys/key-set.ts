// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { timingSafeEqual } from 'node:crypto';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ResolvedConfig } from '../config/config.ts';
import { KeyError } from './errors.ts';
import { type Identity, newIdentityText, readIdentity } from './identity.ts';
import { newSecretText, readSecret } from './secret.ts';
import type { Signer } from './signer.ts';
import { makeKeyDirectory, writeExclusively } from './write-key-file.ts';

/** What the three key files are configured to be. */
export type KeyConfig = Pick<ResolvedConfig, 'deployment' | 'required' | 'keys' | 'origins'>;

/** The three separate keys of a deployment. */
export interface KeySet {
  /** Signs the open notes. */
  readonly identity: Required<Signer>;
  /** Hex SHA-256 of the identity's public key, for the line at start. */
  readonly fingerprint: string;
  /** 32 bytes: keys the hashes of users, sessions and addresses. */
  readonly pseudonym: Uint8Array;
  /** 32 bytes: derives `step_up.id`. */
  readonly correlation: Uint8Array;
  /** Directory in which this process made the keys; absent in every other one. Say it in one line. */
  readonly createdIn?: string;
  /** One sentence each, with a code, for the log at start. */
  readonly warnings: readonly string[];
}

// The identity comes last: while it is missing, a start that was cut short is completed, and once it is there a
// missing neighbour has been lost or taken away and is never made up again (replicas would disagree).
const MEMBERS = [
  { setting: 'keys.correlationFile', name: 'correlationFile', file: 'correlation.key', make: newSecretText },
  { setting: 'keys.pseudonymFile', name: 'pseudonymFile', file: 'pseudonym.key', make: newSecretText },
  { setting: 'keys.identityFile', name: 'identityFile', file: 'identity.pem', make: newIdentityText },
] as const;

/**
 * Reads the three keys. With `create`, a first start makes them, but only in the default place of all three, and
 * never when the configuration says `required`: a key that was to be mounted and is missing is an error. Several
 * processes may start at once; all end with the same keys. Throws KeyError.
 */
export function loadOrCreateKeys(config: KeyConfig, options: { readonly create: boolean }): KeySet {
  const created = options.create && mayCreate(config) && createMissing(config.keys);
  const correlation = explainMissing(config, () => readSecret(config.keys.correlationFile));
  const pseudonym = explainMissing(config, () => readSecret(config.keys.pseudonymFile));
  const identity = explainMissing(config, () => readIdentity(config.keys.identityFile));
  if (timingSafeEqual(correlation.bytes, pseudonym.bytes)) {
    const file = config.keys.correlationFile;
    throw new KeyError('KEY_REUSED', file, `${file} holds the pseudonym key: make a key of its own for each purpose.`);
  }
  return {
    identity: identity.signer(config.deployment),
    fingerprint: identity.fingerprint,
    pseudonym: pseudonym.bytes,
    correlation: correlation.bytes,
    ...(created && { createdIn: dirname(config.keys.identityFile) }),
    warnings: [...identity.warnings, ...pseudonym.warnings, ...correlation.warnings],
  };
}

/** Makes three new keys in `directory`. Throws KeyError KEY_EXISTS, with nothing written, if one of them is there. */
export function createKeys(directory: string): Identity {
  makeKeyDirectory(directory);
  const present = MEMBERS.find(({ file }) => existsSync(join(directory, file)));
  if (present !== undefined) throw exists(join(directory, present.file));
  for (const { file, make } of MEMBERS) {
    if (!writeExclusively(join(directory, file), make())) throw exists(join(directory, file));
  }
  return readIdentity(join(directory, 'identity.pem'));
}

function exists(file: string): KeyError {
  return new KeyError('KEY_EXISTS', file, `${file} exists and is never overwritten: choose another directory.`);
}

function mayCreate(config: KeyConfig): boolean {
  if (config.required) return false;
  return MEMBERS.every(({ setting }) => (config.origins.get(setting)?.kind ?? 'default') === 'default');
}

/** True in the one process, of all that start at once, that made the identity. */
function createMissing(files: KeyConfig['keys']): boolean {
  if (existsSync(files.identityFile)) return false;
  makeKeyDirectory(dirname(files.identityFile));
  let made = false;
  for (const { name, make } of MEMBERS) made = writeExclusively(files[name], make());
  return made;
}

/** Says why a missing key was not made up, which is what its reader wonders. */
function explainMissing<T>(config: KeyConfig, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof KeyError) || error.code !== 'KEY_MISSING') throw error;
    const message = `${error.file} does not exist, and ${whyNotMade(config)}.`;
    throw new KeyError('KEY_MISSING', error.file, message, { cause: error });
  }
}

function whyNotMade(config: KeyConfig): string {
  if (existsSync(config.keys.identityFile)) {
    return 'the identity beside it is in use, so a new key would not fit: restore it from a copy or another replica';
  }
  const remedy = 'mount it, or make it with `stepseal keys new`';
  if (config.required) return `no key is made up while \`required\` is set: ${remedy}`;
  return `no key is made up where key files are configured: ${remedy}`;
}
