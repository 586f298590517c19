// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { noteLine } from '@stepseal/core/format';
import { list, member } from './json-member.ts';
import { alteredField } from './otlp-fields.ts';
import type { FoundSignature } from './record-signature-source.ts';

/** How a line of OTLP begins in the files that Collectors write: one export request in JSON. */
export const OTLP_START = '{"resourceLogs":';

/** What an exported log record holds of a sealed one. Lines are latin1 strings of their bytes. */
export interface OtlpRecord {
  /** P; of a record that bears our names without one, its own text, which is no line of a stream. */
  readonly payload: string;
  /** The note as a line, on a sealing record. */
  readonly note: string | undefined;
  readonly signature: FoundSignature | undefined;
  /** A field that does not say what P says. */
  readonly altered: string | undefined;
}

/** Event names, and attributes on whatever event, that only sealed records have. */
const OUR_EVENT = /^(?:step_up|audit|stepseal)\./;
const OUR_ATTRIBUTE = /^(?:step_up|stepseal|audit\.(?:integrity|sequence))\./;

/**
 * The sealed records in a line of OTLP; undefined for any other line. Log records of others are passed over, and so is
 * everything that has not the shape: what is missing then is missed by the verification. A record that looks like one of
 * ours and has no payload is a line that no stream explains: whoever reads the export would take it for sealed.
 */
export function otlpRecords(line: string): readonly OtlpRecord[] | undefined {
  if (!line.startsWith(OTLP_START)) return undefined;
  let request: unknown;
  try {
    request = JSON.parse(Buffer.from(line, 'latin1').toString());
  } catch {
    return undefined;
  }
  return list(request, 'resourceLogs').flatMap((group) => {
    const algorithm = attributesOf(member(group, 'resource')).get('audit.integrity.algorithm');
    return list(group, 'scopeLogs')
      .flatMap((scope) => list(scope, 'logRecords'))
      .flatMap((record) => sealedRecord(record, algorithm));
  });
}

function sealedRecord(record: unknown, algorithm: string | undefined): OtlpRecord[] {
  const attributes = attributesOf(record);
  const payload = attributes.get('audit.integrity.payload');
  const note = attributes.get('audit.integrity.note');
  const value = attributes.get('audit.integrity.value');
  if (payload === undefined) {
    if (!bearsOurNames(record)) return [];
    return [{ payload: bytesOf(JSON.stringify(record)), note: undefined, signature: undefined, altered: undefined }];
  }
  return [
    {
      payload: bytesOf(payload),
      note: note === undefined ? undefined : noteBytes(note),
      // A signature whose Resource names no algorithm is as wrong as one of another algorithm.
      signature: value === undefined ? undefined : { value, algorithm: algorithm ?? '' },
      altered: alteredField(record, Buffer.from(payload)),
    },
  ];
}

function bearsOurNames(record: unknown): boolean {
  const isOurs = (name: unknown, ours: RegExp): boolean => typeof name === 'string' && ours.test(name);
  return (
    isOurs(member(record, 'eventName'), OUR_EVENT) ||
    list(record, 'attributes').some((attribute) => isOurs(member(attribute, 'key'), OUR_ATTRIBUTE))
  );
}

function noteBytes(note: string): string | undefined {
  try {
    return bytesOf(noteLine(note));
  } catch {
    return undefined;
  }
}

function bytesOf(text: string): string {
  return Buffer.from(text).toString('latin1');
}

function attributesOf(holder: unknown): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const attribute of list(holder, 'attributes')) {
    const key = member(attribute, 'key');
    const value = member(member(attribute, 'value'), 'stringValue');
    if (typeof key === 'string' && typeof value === 'string') texts.set(key, value);
  }
  return texts;
}
