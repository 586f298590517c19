// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { parseStrictJson } from '@stepseal/core/format';
import { VerifierError } from './errors.ts';

/** The highest note seen of a stream in earlier runs. */
export interface KnownHead {
  readonly deployment: string;
  /** Number of records under the note. */
  readonly size: number;
  /** RFC 6962 root over them, base64. */
  readonly root: string;
  /** True once the closing note was seen. */
  readonly closed: boolean;
}

/** What earlier verifications have seen; trusted as far as whoever keeps the file is. */
export interface KnownHeads {
  /** By stream id. */
  readonly streams: ReadonlyMap<string, KnownHead>;
  /** By the id of a writer's first known stream: the id of its newest. */
  readonly writers: ReadonlyMap<string, string>;
}

function fail(problem: string): never {
  throw new VerifierError(
    'KNOWN_HEADS_INVALID',
    `Known heads: ${problem}. See docs/spec/trust.md for the form of the file.`,
  );
}

function object(value: unknown, place: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) fail(`${place} is not an object`);
  return value as Record<string, unknown>;
}

function head(value: unknown, place: string): KnownHead {
  const { deployment, size, root, closed } = object(value, place);
  if (typeof deployment !== 'string') fail(`${place}.deployment is not a string`);
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 1)
    fail(`${place}.size is not a positive integer`);
  if (typeof root !== 'string' || Buffer.from(root, 'base64').toString('base64') !== root || root.length !== 44)
    fail(`${place}.root is not a SHA-256 in base64`);
  if (typeof closed !== 'boolean') fail(`${place}.closed is not true or false`);
  return { deployment, size, root, closed };
}

/**
 * Reads a known-heads file.
 *
 * @throws VerifierError `KNOWN_HEADS_INVALID`, naming the place.
 */
export function parseKnownHeads(text: string): KnownHeads {
  let json: unknown;
  try {
    // A stream that stands twice would be remembered at the one size and checked at the other.
    parseStrictJson(Buffer.from(text), { maxBytes: Number.POSITIVE_INFINITY });
    json = JSON.parse(text);
  } catch (cause) {
    throw new VerifierError('KNOWN_HEADS_INVALID', 'Known heads: not JSON, or a key stands twice.', { cause });
  }
  const top = object(json, 'the file');
  if (top['version'] !== 1) fail('"version" is not 1');
  const streams = new Map<string, KnownHead>();
  for (const [id, value] of Object.entries(object(top['streams'], '"streams"')))
    streams.set(id, head(value, `streams[${JSON.stringify(id)}]`));
  const writers = new Map<string, string>();
  for (const [id, value] of Object.entries(object(top['writers'], '"writers"'))) {
    const newest = object(value, `writers[${JSON.stringify(id)}]`)['newest'];
    if (typeof newest !== 'string') fail(`writers[${JSON.stringify(id)}].newest is not a string`);
    writers.set(id, newest);
  }
  return { streams, writers };
}

/** Writes known heads as the file that {@link parseKnownHeads} reads; streams in order of id. */
export function formatKnownHeads(heads: KnownHeads): string {
  const sorted = <V>(map: ReadonlyMap<string, V>): [string, V][] => [...map].sort(([a], [b]) => (a < b ? -1 : 1));
  const streams = Object.fromEntries(sorted(heads.streams));
  const writers = Object.fromEntries(sorted(heads.writers).map(([first, newest]) => [first, { newest }]));
  return `${JSON.stringify({ version: 1, streams, writers }, null, 2)}\n`;
}
