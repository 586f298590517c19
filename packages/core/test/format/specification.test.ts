// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  isNoteLine,
  LIMITS,
  leafHash,
  MerkleTree,
  nodeHash,
  parseCheckpoint,
  parseNote,
  parseNoteLine,
  parsePayload,
  parseStreamOrigin,
  parseVkey,
  recordHash,
  verifySignature,
} from '../../src/format/index.ts';

const SPECIFICATION = new URL('../../../../docs/spec/', import.meta.url);
const page = (name: string): string => readFileSync(new URL(name, SPECIFICATION), 'utf8');
const lines = page('vectors/example.ndjson').split('\n');
const records = lines.filter((line) => line !== '' && !isNoteLine(Buffer.from(line)));
const notes = lines.filter((line) => isNoteLine(Buffer.from(line))).map((line) => parseNoteLine(Buffer.from(line)));
const hashes = records.map(recordHash);

function attribute(record: number, name: string): unknown {
  return parsePayload(Buffer.from(records[record] as string)).attributes.get(name)?.value;
}

describe('the example of the specification', () => {
  test('is a segment: three linked records, and a note over the first and over all', () => {
    expect(lines.at(-1)).toBe('');
    expect(lines.slice(0, -1).map((line) => isNoteLine(Buffer.from(line)))).toEqual([false, true, false, false, true]);
    expect([0, 1, 2].map((i) => attribute(i, 'audit.sequence.number'))).toEqual([1n, 2n, 3n]);
    expect([0, 1, 2].map((i) => attribute(i, 'audit.sequence.previous_hash'))).toEqual([
      undefined,
      hashes[0],
      hashes[1],
    ]);
  });

  test('is signed by the keys that its open record names, over the roots of its records', () => {
    const identity = parseVkey(attribute(0, 'stepseal.identity.vkey') as string);
    const stream = parseVkey(attribute(0, 'stepseal.stream.vkey') as string);
    const tree = new MerkleTree();
    const roots = hashes.map((hash) => {
      tree.append(hash);
      return tree.root();
    });
    for (const [i, keys] of [[identity, stream], [stream]].entries()) {
      const { text, signatures } = parseNote(notes[i] as string);
      const { origin, size, root } = parseCheckpoint(text);
      expect(size).toBe([1, 3][i]);
      expect(root).toBe(roots[size - 1]);
      expect(parseStreamOrigin(origin)).toEqual({
        deployment: attribute(0, 'stepseal.deployment'),
        streamId: attribute(0, 'audit.sequence.stream_id'),
      });
      expect(signatures.map(({ name, keyId }) => ({ name, keyId }))).toEqual(
        keys.map(({ name, keyId }) => ({ name, keyId })),
      );
      for (const [j, key] of keys.entries()) {
        expect(verifySignature(key, text, signatures[j]?.signature ?? Buffer.alloc(0))).toBe(true);
      }
    }
  });

  test('is what the pages print', () => {
    const [one, two, three] = hashes.map(leafHash) as [Buffer, Buffer, Buffer];
    const both = nodeHash(one, two);
    const root = nodeHash(both, three);
    for (const hash of [...hashes, ...[one, two, three, both, root].map((bytes) => bytes.toString('hex'))]) {
      expect(page('hashing.md')).toContain(hash);
    }
    expect(page('hashing.md')).toContain(root.toString('base64'));
    expect(page('payload.md')).toContain(`\n${records[1]}\n`);
    expect(page('notes.md')).toContain(`\n${notes[0]}`);
    expect(page('notes.md')).toContain(`\n${attribute(0, 'stepseal.identity.vkey')}\n`);
    expect(page('trust.md')).toContain(attribute(0, 'stepseal.identity.vkey'));
    expect(page('trust.md')).toContain(root.toString('base64'));
  });

  test('is trusted by the policy beside it', () => {
    const policy = JSON.parse(page('vectors/example-trust.json'));
    expect(policy.deployments['example.com/bank'].identities).toEqual([attribute(0, 'stepseal.identity.vkey')]);
  });
});

test('the limits are those the specification states', () => {
  const text = page('README.md');
  expect(text).toContain(`2 MiB (${LIMITS.payloadBytes.toLocaleString('en')} bytes)`);
  expect(text).toContain(`${LIMITS.ownPayloadBytes.toLocaleString('en')} bytes for an event`);
  expect(text).toContain(`${LIMITS.depth} arrays and maps`);
  expect(text).toContain(
    `16 KiB (${LIMITS.noteBytes.toLocaleString('en')} bytes) and ${LIMITS.noteSignatures} signature lines`,
  );
  expect(LIMITS.segmentBytes).toBe(64 * 1024 * 1024);
});

test('every link between the pages and to their vectors leads somewhere', () => {
  for (const name of [
    'README.md',
    'payload.md',
    'hashing.md',
    'notes.md',
    'stream.md',
    'segment.md',
    'trust.md',
    'verification.md',
    'vectors/README.md',
  ]) {
    for (const [, target = ''] of page(name).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)) {
      expect(existsSync(new URL(target, new URL(name, SPECIFICATION))), `${name}: ${target}`).toBe(true);
    }
  }
});
