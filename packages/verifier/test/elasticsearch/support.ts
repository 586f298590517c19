// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { readFileSync } from 'node:fs';
import { parsePayload, recordHash, type TypedValue } from '@stepseal/core/format';
import { exporterDocument } from '@stepseal/testkit';
import { compareDocument, type DocumentDifference } from '../../src/elasticsearch/compare-document.ts';
import { type ExportedFacts, exportedFacts } from '../../src/elasticsearch/exported-facts.ts';
import { parseLossless } from '../../src/elasticsearch/lossless-json.ts';

export type Json = Record<string, unknown>;

/** Reads a file of vectors. */
export function vectors<Shape>(name: string): Shape {
  return JSON.parse(readFileSync(new URL(`vectors/${name}.json`, import.meta.url), 'utf8')) as Shape;
}

export interface ExporterVector {
  readonly name: string;
  readonly index: string;
  readonly hash: string;
  /** `_source` as text. */
  readonly source: string;
}

export const INDEX = '.ds-logs-stepseal.audit.otel-default-2026.11.21-000001';

/** P of a document. */
export function sealedText(source: string): string {
  return (JSON.parse(source) as { attributes: Record<string, string> }).attributes['audit.integrity.payload'] ?? '';
}

/** What the open record among these documents states. */
export function factsOf(documents: readonly ExporterVector[], overrides: readonly string[] = []): ExportedFacts {
  return exportedFacts(parsePayload(Buffer.from(sealedText(documents[0]?.source ?? ''))), overrides);
}

/** Facts of a stream whose Resource has two attributes. */
export const FACTS: ExportedFacts = {
  resource: new Map<string, TypedValue>([
    ['service.name', { type: 'string', value: 'bank' }],
    ['service.replicas', { type: 'int', value: 3n }],
  ]),
  softwareVersion: '0.1.0',
};

/** Differences of the document that the exporter would write of P, after it was edited. */
export function differences(
  text: string,
  edit: (document: Json) => void = () => {},
  facts: ExportedFacts | 'unknown' = FACTS,
): readonly DocumentDifference[] {
  const hash = recordHash(text);
  const number = /"audit\.sequence\.number":\{"intValue":"(\d{1,15})"/.exec(text)?.[1];
  const from = { resource: FACTS.resource, softwareVersion: FACTS.softwareVersion };
  const source = parseLossless(exporterDocument({ text, seal: Number(number ?? 1) + 4 }, from)) as Json;
  edit(source);
  const stream = facts === 'unknown' ? undefined : facts;
  return compareDocument(
    { id: hash, index: INDEX, source },
    { payload: parsePayload(Buffer.from(text)), hash },
    stream,
  );
}
