// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { FormatError } from '../errors.ts';
import { decodeBase64 } from './base64.ts';
import { isWellFormed } from './json-text.ts';

/** A tree head as a note signs it (C2SP tlog-checkpoint). */
export interface Checkpoint {
  /** Names the tree; for a stream see {@link streamOrigin}. */
  readonly origin: string;
  /** Number of leaves, at most 2^53 - 1. */
  readonly size: number;
  /** The root hash, 32 bytes in base64. */
  readonly root: string;
}

const CONTROL = /[^\P{Cc}\u007f-\u009f]/u;
const DECIMAL = /^(?:0|[1-9][0-9]{0,15})$/;

/**
 * Reads the text of a note as a checkpoint of exactly three lines. Extension lines are refused: nothing checks them.
 *
 * @throws FormatError `CHECKPOINT_MALFORMED`
 */
export function parseCheckpoint(text: string): Checkpoint {
  const lines = text.split('\n');
  if (lines.length !== 4 || lines[3] !== '') fail('a checkpoint has three lines');
  const [origin = '', decimal = '', root = ''] = lines;
  if (!DECIMAL.test(decimal)) fail('the size of a checkpoint is not a canonical decimal');
  const checkpoint = { origin, size: Number(decimal), root };
  check(checkpoint);
  return checkpoint;
}

/**
 * The text of a checkpoint, with its final newline.
 *
 * @throws FormatError `CHECKPOINT_MALFORMED` if {@link parseCheckpoint} would not read it back
 */
export function formatCheckpoint(checkpoint: Checkpoint): string {
  check(checkpoint);
  return `${checkpoint.origin}\n${checkpoint.size}\n${checkpoint.root}\n`;
}

function check({ origin, size, root }: Checkpoint): void {
  if (origin === '' || CONTROL.test(origin) || !isWellFormed(origin)) fail('the origin is malformed');
  if (!Number.isSafeInteger(size) || size < 0) fail('the size of a checkpoint is out of range');
  if (decodeBase64(root)?.length !== 32) fail('the root of a checkpoint is not 32 bytes of base64');
}

function fail(reason: string): never {
  throw new FormatError('CHECKPOINT_MALFORMED', reason);
}
