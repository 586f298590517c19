// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { createHmac, createSign, generateKeyPairSync } from 'node:crypto';
import type { SignatureLine } from '@stepseal/core/format';
import type { TestKey } from '@stepseal/testkit';
import type { Row } from '../variant.ts';
import { ATTACKER, noteSigned, type Resigned } from './signed-notes.ts';

/** The last signature line, that of the stream key, with other bytes. */
const otherBytes =
  (bytes: (text: string, key: TestKey) => Uint8Array): Resigned =>
  (text, lines, { stream }) => [
    ...lines.slice(0, -1),
    { name: stream.deployment, keyId: stream.streamKey.keyId, signature: bytes(text, stream.streamKey) },
  ];

const hmac = (hash: string): Resigned =>
  otherBytes((text, key) => createHmac(hash, key.publicKey).update(text).digest());

const ecdsa: Resigned = otherBytes((text) => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return createSign('sha256').update(text).sign(privateKey);
});

/** C2SP tlog-cosignature: a time, then a signature over another message by the right key. */
const cosignature: Resigned = otherBytes((text, key) => {
  const time = Buffer.alloc(8);
  time.writeBigUInt64BE(1_793_610_000n);
  return Buffer.concat([time, key.sign(`cosignature/v1\ntime 1793610000\n${text}`)]);
});

/** Row 31. */
export const otherAlgorithms: Row = {
  'HMAC-SHA256 with the public key, note 11': noteSigned(11, hmac('sha256')),
  'HMAC-SHA512 with the public key, note 11': noteSigned(11, hmac('sha512')),
  'HMAC-SHA512 with the public key, open note': noteSigned(1, hmac('sha512')),
  'HMAC-SHA512 with the public key, closing note': noteSigned(19, hmac('sha512')),
  'none: 64 zero bytes, note 6': noteSigned(
    6,
    otherBytes(() => Buffer.alloc(64)),
  ),
  'none: one byte, note 6': noteSigned(
    6,
    otherBytes(() => Buffer.alloc(1)),
  ),
  'ECDSA, note 12': noteSigned(12, ecdsa),
  'timestamped cosignature by the right key, note 11': noteSigned(11, cosignature),
  'signature over another message by the right key, note 11': noteSigned(
    11,
    otherBytes((text, key) => key.sign(`${text}\n`)),
  ),
};

const broken = (line: SignatureLine | undefined): SignatureLine => {
  const signature = Buffer.from(line?.signature ?? []);
  signature[10] = (signature[10] ?? 0) ^ 1;
  return { name: line?.name ?? '', keyId: line?.keyId ?? 0, signature };
};

/** Row 32. */
export const mixedSignatures: Row = {
  'broken one of the stream key, valid one of a stranger': noteSigned(11, (text, lines) => [
    broken(lines[0]),
    ATTACKER.line(text),
  ]),
  'valid one of a stranger first': noteSigned(11, (text, lines) => [ATTACKER.line(text), broken(lines[0])]),
  'a stranger\u2019s beside the valid one': noteSigned(11, (text, lines) => [...lines, ATTACKER.line(text)]),
  'the valid one twice': noteSigned(11, (_, lines) => [...lines, ...lines]),
  'only a stranger\u2019s': noteSigned(11, (text) => [ATTACKER.line(text)]),
  'open note: identity broken, stream valid': noteSigned(
    1,
    (_, lines) => [broken(lines[0]), lines[1] as SignatureLine],
    ['closed', 'crashed', 'live', 'adopted'],
  ),
  'open note: identity valid, stream broken': noteSigned(
    1,
    (_, lines) => [lines[0] as SignatureLine, broken(lines[1])],
    ['closed', 'crashed', 'live', 'adopted'],
  ),
  'open note: identity left out': noteSigned(1, (_, lines) => [lines[1] as SignatureLine], [
    'closed',
    'crashed',
    'live',
    'adopted',
  ]),
  'open note: stream left out': noteSigned(1, (_, lines) => [lines[0] as SignatureLine], [
    'closed',
    'crashed',
    'live',
    'adopted',
  ]),
  'open note of a rolled stream: a stranger added': noteSigned(1, (text, lines) => [ATTACKER.line(text), ...lines], [
    'rolled',
  ]),
};
