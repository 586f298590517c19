// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { formatVkey } from '@stepseal/core/format';
import type { Signer } from './keys/signer.ts';

/** A key held by this process, which can always sign at once. */
export interface StreamKey extends Signer {
  /** For the thread that signs single records, which is part of this process. */
  readonly privateKey: KeyObject;
  signSync(message: Uint8Array): Uint8Array;
}

/**
 * A fresh Ed25519 key pair for one stream. It exists only in this process's memory and is gone with the last reference:
 * who steals it later finds nothing, who steals it now reaches this stream alone.
 */
export function newStreamKey(deployment: string): StreamKey {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x as string, 'base64url');
  return {
    vkey: formatVkey(deployment, raw),
    privateKey,
    sign: (message) =>
      new Promise((resolve, reject) => {
        // With a callback the signature is made in the thread pool.
        sign(null, message, privateKey, (error, signature) => {
          if (error) reject(error);
          else resolve(signature);
        });
      }),
    signSync: (message) => sign(null, message, privateKey),
  };
}
