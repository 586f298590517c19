// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { join } from 'node:path';
import { isUuidV7 } from '@stepseal/core/format';
import { isCount, jsonObject, readSmallFile } from './read-small-file.ts';

/** Name of the cursor in a writer's directory. */
export const CURSOR_FILE = 'delivery.json';

const MAX_BYTES = 4_096;

/** How far a writer's records were acknowledged: all of older streams, and records 1 to `number` of this one. */
export interface DeliveryCursor {
  readonly streamId: string;
  readonly number: number;
  /** End of that record's line in the segment, in bytes. */
  readonly offset: number;
  /** Wall milliseconds of the last move. */
  readonly updatedMs: number;
}

/**
 * The cursor in a writer's directory, or undefined when there is none or it is torn: then everything kept counts as not
 * delivered.
 *
 * Trust: none. Whoever can write the directory can keep records from being delivered, by this file or by deleting them.
 */
export function readCursor(writerDirectory: string): DeliveryCursor | undefined {
  const bytes = readSmallFile(join(writerDirectory, CURSOR_FILE), MAX_BYTES);
  const value = bytes === undefined ? undefined : jsonObject(bytes.toString('utf8'));
  if (value?.['version'] !== 1) return undefined;
  const { streamId, number, offset, updatedMs } = value;
  if (typeof streamId !== 'string' || !isUuidV7(streamId)) return undefined;
  if (!isCount(number) || !isCount(offset) || !isCount(updatedMs)) return undefined;
  return { streamId, number, offset, updatedMs };
}
