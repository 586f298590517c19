// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { formatVkey } from '@stepseal/core/format';
import { KeyError } from './errors.ts';
import { readKeyFile } from './read-key-file.ts';
import type { Signer } from './signer.ts';

/** The identity key of a deployment, read from its file. The private key cannot be reached from here. */
export interface Identity {
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** Hex SHA-256 of the public key: what people compare. */
  readonly fingerprint: string;
  readonly warnings: readonly string[];
  signer(deployment: string): Required<Signer>;
}

/** Reads a PKCS#8 PEM file with an Ed25519 private key. Throws KeyError. */
export function readIdentity(file: string): Identity {
  const { text, warnings } = readKeyFile(file);
  const privateKey = parsePrivateKey(file, text);
  const publicKey = rawPublicKey(privateKey);
  return {
    publicKey,
    fingerprint: createHash('sha256').update(publicKey).digest('hex'),
    warnings,
    signer: (deployment) => ({
      vkey: formatVkey(deployment, publicKey),
      sign: (message) =>
        new Promise((resolve, reject) => {
          // With a callback, Node signs in its thread pool and not on the event loop.
          sign(null, message, privateKey, (error, signature) => (error ? reject(error) : resolve(signature)));
        }),
      signSync: (message) => sign(null, message, privateKey),
    }),
  };
}

/** A fresh Ed25519 private key as PKCS#8 PEM. */
export function newIdentityText(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function parsePrivateKey(file: string, text: string): KeyObject {
  if (text.includes('ENCRYPTED')) {
    throw new KeyError('KEY_MALFORMED', file, `The key in ${file} is encrypted: decrypt it, and keep its mode at 600.`);
  }
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: text, format: 'pem' });
  } catch {
    // The cause is left out: it may quote what stands in the file.
    const message = `${file} does not hold a private key: it must be PKCS#8 PEM, as \`stepseal keys new\` writes it.`;
    throw new KeyError('KEY_MALFORMED', file, message);
  }
  if (key.asymmetricKeyType === 'ed25519') return key;
  const message = `The key in ${file} is of type ${key.asymmetricKeyType}: an Ed25519 key is needed (\`stepseal keys new\`).`;
  throw new KeyError('KEY_NOT_ED25519', file, message);
}

function rawPublicKey(privateKey: KeyObject): Uint8Array {
  return Buffer.from(createPublicKey(privateKey).export({ format: 'jwk' }).x ?? '', 'base64url');
}
