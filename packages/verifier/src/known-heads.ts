// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { isDeploymentName, isUuidV7, type JsonValue } from '@stepseal/core/format';
import { JsonFile } from './json-file.ts';

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

const FILE: JsonFile = new JsonFile('KNOWN_HEADS_INVALID', 'Known heads');

function head(value: JsonValue, place: string): KnownHead {
  const members = FILE.object(value, place, ['deployment', 'size', 'root', 'closed']);
  const deployment = members.get('deployment');
  const size = members.get('size');
  const root = members.get('root');
  const closed = members.get('closed');
  if (typeof deployment !== 'string' || !isDeploymentName(deployment))
    FILE.fail(`${place}.deployment is not a deployment name`);
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 1)
    FILE.fail(`${place}.size is not a positive integer`);
  if (typeof root !== 'string' || !isRoot(root)) FILE.fail(`${place}.root is not a SHA-256 in base64`);
  if (typeof closed !== 'boolean') FILE.fail(`${place}.closed is not true or false`);
  return { deployment, size, root, closed };
}

function isRoot(text: string): boolean {
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === 32 && bytes.toString('base64') === text;
}

/**
 * Reads a known-heads file, strict JSON.
 *
 * @throws VerifierError `KNOWN_HEADS_INVALID`, naming the place.
 */
export function parseKnownHeads(text: string): KnownHeads {
  const top = FILE.object(FILE.parse(text), 'the file', ['version', 'streams', 'writers']);
  if (top.get('version') !== 1) FILE.fail('"version" is not 1');
  const streams = new Map<string, KnownHead>();
  for (const [id, value] of FILE.object(top.get('streams'), '"streams"')) {
    const place = `streams[${JSON.stringify(id)}]`;
    if (!isUuidV7(id)) FILE.fail(`${place} is not a stream id`);
    streams.set(id, head(value, place));
  }
  const writers = new Map<string, string>();
  for (const [id, value] of FILE.object(top.get('writers'), '"writers"')) {
    const place = `writers[${JSON.stringify(id)}]`;
    if (!isUuidV7(id)) FILE.fail(`${place} is not a stream id`);
    const newest = FILE.object(value, place, ['newest']).get('newest');
    if (typeof newest !== 'string' || !isUuidV7(newest)) FILE.fail(`${place}.newest is not a stream id`);
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
