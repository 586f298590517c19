// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { formatVkey, keyId, type SignatureLine } from '@stepseal/core/format';

/** A key that somebody made up for himself; forgotten with the drill. */
export interface ForgerKey {
  readonly vkey: string;
  line(text: string): SignatureLine;
}

/** A key of the right kind and name that nobody has any reason to trust. */
export function ed25519Key(name: string): ForgerKey {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  return {
    vkey: formatVkey(name, raw),
    line: (text) => ({ name, keyId: keyId(name, raw), signature: sign(null, Buffer.from(text), privateKey) }),
  };
}

/** A key of another algorithm. Its id is any number: the format has none for this algorithm. */
export function ecdsaKey(name: string): Pick<ForgerKey, 'line'> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const id = randomBytes(4).readUInt32BE();
  return {
    line: (text) => ({
      name,
      keyId: id,
      signature: sign('sha256', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' }),
    }),
  };
}
