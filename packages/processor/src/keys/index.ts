// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

export { KeyError, type KeyErrorCode } from './errors.ts';
export { type Identity, readIdentity } from './identity.ts';
export { createKeys, type KeyConfig, type KeySet, loadOrCreateKeys } from './key-set.ts';
export { readSecret, type Secret } from './secret.ts';
export type { Signer } from './signer.ts';
