// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { parsePayload } from '@stepseal/core/format';
import { SeededRandom } from '@stepseal/testkit';
import { expect, test } from 'vitest';
import { compareDocument, isAsSealed, type StoredDocument } from '../../src/elasticsearch/compare-document.ts';
import { parseLossless } from '../../src/elasticsearch/lossless-json.ts';
import { type ExporterVector, factsOf, type Json, sealedText, vectors } from './support.ts';

const ROUNDS = 400;
const { vectors: exported } = vectors<{ vectors: ExporterVector[] }>('exporter-0.156.0');
const FACTS = factsOf(exported);

/** Whether the quick comparison passes it, and whether the one that reads P finds anything. */
function judged(document: StoredDocument, text: string, hash: string): { quick: boolean; found: unknown } {
  const quick = isAsSealed(document, { text, hash }, FACTS);
  let found: unknown = 'P is no payload';
  try {
    found = compareDocument(document, { payload: parsePayload(Buffer.from(text)), hash }, FACTS);
  } catch {
    // Left as it is.
  }
  return { quick, found };
}

function payloadIn(source: unknown): string {
  const { attributes } = source as { attributes?: Json };
  const text = attributes?.['audit.integrity.payload'];
  return typeof text === 'string' ? text : '';
}

/** Anything that JSON can hold in place of a value, near it or not. */
function other(value: unknown, random: SeededRandom): unknown {
  const made = [
    undefined,
    null,
    String(value),
    Number(value),
    `${String(value)}\ud800`,
    [value],
    [value, value],
    { text: value },
    {},
    -0,
    Number(value) + 1,
    !value,
    BigInt(2) ** BigInt(64),
    parseLossless('1.0'),
    structuredClone(value),
  ];
  return made[random.below(made.length)];
}

/** Every object of a document, itself included. */
function objectsIn(value: unknown): Json[] {
  if (typeof value !== 'object' || value === null) return [];
  return [value as Json, ...Object.values(value).flatMap(objectsIn)];
}

function mutate(source: Json, random: SeededRandom): void {
  const objects = objectsIn(source);
  const object = objects[random.below(objects.length)] as Json;
  const keys = Object.keys(object);
  const key = keys[random.below(keys.length)] ?? 'a';
  const value = object[key];
  const to = objects[random.below(objects.length)] as Json;
  const edits: readonly (() => void)[] = [
    () => (object[key] = other(value, random)),
    () => delete object[key],
    () => (object[`${key}.x`] = value),
    () => (object['step_up.other'] = value),
    () => {
      // As the last of its object.
      delete object[key];
      object[key] = value;
    },
    () => {
      if (typeof value !== 'object') to[key] = value;
    },
    () => {
      if (typeof value === 'string') object[key] = value.replace(/[0-9a-z]/, (letter) => (letter === '1' ? '2' : '1'));
    },
  ];
  edits[random.below(edits.length)]?.();
}

test('whatever is done to a document, the quick comparison passes it only where the thorough one finds nothing', () => {
  let passed = 0;
  let refused = 0;
  for (const { name, hash, index, source: text } of exported) {
    for (let round = 0; round < ROUNDS; round++) {
      const random = new SeededRandom(`as sealed/${name}/${round}`);
      const source = parseLossless(text) as Json;
      for (let edits = 1 + random.below(2); edits > 0; edits--) mutate(source, random);
      // What is judged is the document's own P, changed or not, and the hash that belongs to it or to the one before.
      const { quick, found } = judged({ id: hash, index, source }, payloadIn(source), hash);
      if (!quick) refused++;
      else {
        passed++;
        expect([name, round, found]).toEqual([name, round, []]);
      }
    }
  }
  expect(passed).toBeGreaterThan(100);
  expect(refused).toBeGreaterThan(1_000);
});

test('however its text is spelt, the quick comparison passes it only where the thorough one finds nothing', () => {
  const marks = '0123456789.eE-"\\:,{}[] truefalsn';
  let read = 0;
  for (const { name, hash, index, source: text } of exported) {
    const sealed = sealedText(text);
    for (let round = 0; round < ROUNDS; round++) {
      const random = new SeededRandom(`as spelt/${name}/${round}`);
      const at = random.below(text.length);
      const mark = marks[random.below(marks.length)] ?? '';
      const spelt = text.slice(0, at) + mark + text.slice(at + random.below(2));
      let source: unknown;
      try {
        source = parseLossless(spelt);
      } catch {
        continue;
      }
      read++;
      const { quick, found } = judged({ id: hash, index, source }, sealed, hash);
      if (quick) expect([name, round, found]).toEqual([name, round, []]);
    }
  }
  expect(read).toBeGreaterThan(1_000);
});
