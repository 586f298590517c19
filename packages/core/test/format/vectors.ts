// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { readFileSync } from 'node:fs';

const DIRECTORY = new URL('../../../../docs/spec/vectors/', import.meta.url);

/** A vector file of docs/spec/vectors. */
export function readVectors<T>(file: string): T {
  return JSON.parse(readFileSync(new URL(file, DIRECTORY), 'utf8')) as T;
}

/** Bytes given as text, as hexadecimal, or as parts that are repeated. */
export interface ByteVector {
  readonly text?: string;
  readonly hex?: string;
  readonly parts?: readonly { readonly text: string; readonly times: number }[];
}

export function bytesOf(vector: ByteVector): Buffer {
  if (vector.text !== undefined) return Buffer.from(vector.text);
  if (vector.hex !== undefined) return Buffer.from(vector.hex, 'hex');
  return Buffer.from((vector.parts ?? []).map(({ text, times }) => text.repeat(times)).join(''));
}

/** The lines of a segment of docs/spec/vectors, without their line feeds. */
export function readLines(file: string): string[] {
  return readFileSync(new URL(file, DIRECTORY), 'utf8').split('\n').slice(0, -1);
}
