// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { gzipSync } from 'node:zlib';
import { noteLine, streamOrigin } from '@stepseal/core/format';
import {
  insertAt,
  noteAt,
  noteIndex,
  rawLine,
  recordIndex,
  replaceAt,
  type SegmentLine,
  TestWriter,
  testKey,
} from '@stepseal/testkit';
import { ALL, type Base, later, makeBase, trustText, writeShort } from '../bases.ts';
import type { Files, Scenario } from '../scenario.ts';
import { on, own, type Row, type Variant } from '../variant.ts';

/** Note 11 with another text under a signature by the right key: what the note says is wrong, not who says it. */
const checkpoint = (lines: (origin: string, root: string) => string): Variant =>
  on(ALL, (base) => {
    const note = noteAt(base.lines, 11).note;
    const [origin = '', , root = ''] = note.split('\n');
    return replaceAt(base.lines, noteIndex(base.lines, 11), signedLine(base, lines(origin, root)));
  });

function signedLine({ stream }: Base, text: string): SegmentLine {
  const id = Buffer.alloc(4);
  id.writeUInt32BE(stream.streamKey.keyId);
  const signature = Buffer.concat([id, stream.streamKey.sign(text)]).toString('base64');
  return rawLine(`${noteLine(`${text}\n\u2014 ${stream.deployment} ${signature}\n`)}\n`);
}

const EMPTY_ROOT = '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=';

const alone = (files: () => Files, genuine = true): Variant =>
  own((): Scenario => {
    const writer = new TestWriter({ label: 'attack/genuine' });
    writeShort(writer);
    const control = { sources: [writer.files()], trust: trustText(writer.identity), now: later(writer) };
    return {
      control,
      controlExpected: { grade: 'SEALED', exitCode: 0 },
      attacked: { ...control, sources: genuine ? [files()] : [] },
      streams: {},
    };
  });

const aloneFile = (bytes: () => Uint8Array | string): Variant =>
  alone(() => new Map([['writers/0000000000000000/hostile.ndjson', Buffer.from(bytes())]]));

const loneNote = (text: string): Variant =>
  aloneFile(() => {
    const key = testKey('demo.bank', 'identity/demo.bank');
    const id = Buffer.alloc(4);
    id.writeUInt32BE(key.keyId);
    const signature = Buffer.concat([id, key.sign(text)]).toString('base64');
    return `${noteLine(`${text}\n\u2014 demo.bank ${signature}\n`)}\n`;
  });

const ORIGIN = streamOrigin('demo.bank', '01a19b7c-a680-782b-904f-64e6c1d4fae1');

/** Row 39. */
export const checkpoints: Row = {
  'size 0 with the root of nothing': checkpoint((origin) => `${origin}\n0\n${EMPTY_ROOT}\n`),
  'size 0 with another root': checkpoint((origin, root) => `${origin}\n0\n${root}\n`),
  'size 2^63': checkpoint((origin, root) => `${origin}\n9223372036854775808\n${root}\n`),
  'size 2^53': checkpoint((origin, root) => `${origin}\n9007199254740992\n${root}\n`),
  'leading zero': checkpoint((origin, root) => `${origin}\n011\n${root}\n`),
  'plus sign': checkpoint((origin, root) => `${origin}\n+11\n${root}\n`),
  negative: checkpoint((origin, root) => `${origin}\n-11\n${root}\n`),
  exponent: checkpoint((origin, root) => `${origin}\n11e0\n${root}\n`),
  'root of 31 bytes': checkpoint((origin) => `${origin}\n11\n${Buffer.alloc(31, 7).toString('base64')}\n`),
  'root without padding': checkpoint((origin, root) => `${origin}\n11\n${root.slice(0, -1)}\n`),
  'extension line': checkpoint((origin, root) => `${origin}\n11\n${root}\nextension\n`),
  'lone checkpoint, size 0 with the root of nothing': loneNote(`${ORIGIN}\n0\n${EMPTY_ROOT}\n`),
  'lone checkpoint, size 0 with another root': loneNote(`${ORIGIN}\n0\n${Buffer.alloc(32, 1).toString('base64')}\n`),
  'lone checkpoint, size 2^63': loneNote(`${ORIGIN}\n9223372036854775808\n${EMPTY_ROOT}\n`),
  'lone checkpoint, leading zeros': loneNote(`${ORIGIN}\n0001\n${EMPTY_ROOT}\n`),
  'lone checkpoint, well-formed': loneNote(`${ORIGIN}\n19\n${EMPTY_ROOT}\n`),
};

/** Row 57. */
export const nothingToTrust: Row = {
  'empty directory': alone(() => new Map()),
  'empty file': aloneFile(() => ''),
  'no source at all': alone(() => new Map(), false),
  'no trust policy': on(['closed', 'crashed', 'rolled', 'adopted'], () => ({ trust: undefined })),
  'policy of another deployment': on(['closed', 'crashed', 'rolled', 'adopted'], () => ({
    trust: trustText(testKey('demo.shop', 'identity/demo.shop')),
  })),
  'policy with another key for the deployment': on(['closed', 'crashed', 'rolled', 'adopted'], () => ({
    trust: trustText(testKey('demo.bank', 'another identity')),
  })),
  'policy with the stream key for an identity': on(['closed', 'crashed'], ({ stream }) => ({
    trust: trustText(stream.streamKey),
  })),
};

const manySignatures = (): string => {
  const escaped = (text: string): string => JSON.stringify(text).slice(1, -1);
  const line = escaped(`\u2014 demo.bank ${Buffer.alloc(68, 1).toString('base64')}\n`);
  return `{"note":"${escaped(`${ORIGIN}\n11\n${EMPTY_ROOT}\n\n`)}${line.repeat(1_000_000)}"}\n`;
};

/** Row 58. */
export const hostileInput: Row = {
  'a note of a million signature lines': aloneFile(manySignatures),
  'a million opening brackets': aloneFile(() => `${'['.repeat(1_000_000)}\n`),
  'a million nested attributes': aloneFile(() => `{"attributes":${'{"a":'.repeat(1_000_000)}\n`),
  'a million empty lines': aloneFile(() => '\n'.repeat(1_000_000)),
  'a million empty objects': aloneFile(() => '{}\n'.repeat(1_000_000)),
  'one line of 100 MiB': aloneFile(() => Buffer.alloc(100 * 1_048_576, 0x61)),
  'a gzip bomb': aloneFile(() => gzipSync(Buffer.alloc(100 * 1_048_576))),
  zeros: aloneFile(() => Buffer.alloc(1_048_576)),
  'a hundred thousand notes': aloneFile(() =>
    `${noteLine(`${ORIGIN}\n1\n${EMPTY_ROOT}\n\n\u2014 demo.bank ${Buffer.alloc(68, 1).toString('base64')}\n`)}\n`.repeat(
      100_000,
    ),
  ),
  'a million signature lines inside a genuine stream': on(['closed', 'crashed'], ({ lines }) =>
    insertAt(lines, recordIndex(lines, 9) + 1, rawLine(manySignatures())),
  ),
  'a million brackets inside a genuine stream': on(['closed', 'crashed'], ({ lines }) =>
    insertAt(lines, recordIndex(lines, 9) + 1, rawLine(`${'['.repeat(1_000_000)}\n`)),
  ),
  'twenty thousand forged candidates for one record': own(() => {
    const base = makeBase('closed');
    const forger = base.stream;
    const previousHash =
      /"audit\.sequence\.previous_hash":\{"stringValue":"([0-9a-f]+)"\}/.exec(
        (base.lines[recordIndex(base.lines, 9)] as { text: string }).text,
      )?.[1] ?? '';
    const one = forger.payloadText('step_up.access', { 'step_up.id': 'forged 000000' }, { number: 9, previousHash });
    const many: SegmentLine[] = Array.from({ length: 20_000 }, (_, index) => ({
      kind: 'record',
      number: 9,
      text: one.replace('forged 000000', `forged ${String(index).padStart(6, '0')}`),
    }));
    const lines = insertAt(base.lines, recordIndex(base.lines, 9), ...many);
    return {
      control: base.control,
      attacked: {
        ...base.control,
        sources: [
          new Map([
            [base.path, Buffer.concat(lines.map((line) => Buffer.from(`${(line as { text: string }).text}\n`)))],
          ]),
        ],
      },
      streams: base.streams,
    };
  }),
};
