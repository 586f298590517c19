// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { isPayload, parsePayload } from '@stepseal/core/format';
import { type ChainFacts, chainFacts } from '../stream-facts.ts';

const STREAM_ID = /"audit\.sequence\.stream_id":\{"stringValue":"([0-9a-f-]{36})"\}/g;
const NUMBER = /"audit\.sequence\.number":\{"intValue":"(\d{1,16})"\}/g;
const NOTE = /^\{"note":"[a-z0-9._/-]+\/stream\/([0-9a-f-]{36})\\n(\d{1,16})\\n/;
const STARTS = ['{"attributes":{', '{"note":"'];

/** The stream that a line of an export names, unproved. Lines are latin1 strings of their bytes. */
export function streamOf(line: string): string | undefined {
  return NOTE.exec(line)?.[1] ?? attribute(line, STREAM_ID, ({ streamId }) => streamId);
}

/** Where a line belongs in its stream: records by number, each note behind the record that it covers last. */
export function rankOf(line: string): number {
  const note = NOTE.exec(line);
  if (note !== null) return Number(note[2]) + 0.5;
  return Number(attribute(line, NUMBER, ({ number }) => number?.toString()) ?? Number.MAX_SAFE_INTEGER);
}

/**
 * Finds an attribute of the record. A foreign record may hold a map with a key of the same name, chosen by whoever
 * uses the application: where there is more than one, only the parser can tell which is the record's own.
 */
function attribute(line: string, pattern: RegExp, own: (facts: ChainFacts) => string | undefined): string | undefined {
  const [first, second] = line.matchAll(pattern);
  if (second === undefined) return first?.[1];
  try {
    return own(chainFacts(parsePayload(Buffer.from(line, 'latin1'))));
  } catch {
    return first?.[1];
  }
}

/**
 * `cat` joins a torn last line, which has no line end, to the first line of the next file. Where the end of a line is
 * a record or a note and the whole is not, these are two.
 */
export function splitGlued(line: string): readonly string[] {
  const at = STARTS.reduce((most, start) => Math.max(most, line.lastIndexOf(start)), 0);
  if (at === 0 || isPayload(Buffer.from(line, 'latin1'))) return [line];
  const end = line.slice(at);
  return end.startsWith('{"note":') || isPayload(Buffer.from(end, 'latin1')) ? [line.slice(0, at), end] : [line];
}
