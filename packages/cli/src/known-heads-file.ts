// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { formatKnownHeads, type KnownHeads, parseKnownHeads, type Report } from '@stepseal/verifier';
import { enclosingDataDirectory } from './data-directory.ts';
import { CliError } from './errors.ts';
import { writeFileAtomically } from './write-file.ts';

/** What earlier runs have seen, kept outside the data so that its writers cannot make anybody forget. */
export interface KnownHeadsFile {
  readonly path: string;
  /** Undefined before the first run. */
  readonly heads: KnownHeads | undefined;
  readonly text: string | undefined;
}

/** Reads the file; one that does not exist yet is a first run. Throws CliError HEADS_UNREADABLE, HEADS_MALFORMED, HEADS_IN_DATA. */
export function readKnownHeadsFile(cwd: string, directories: readonly string[], named: string): KnownHeadsFile {
  const path = resolve(cwd, named);
  const directory = enclosingDataDirectory(path, directories);
  if (directory !== undefined) {
    const message = `The known-heads file ${path} lies inside the data directory ${directory}: keep it outside.`;
    throw new CliError('HEADS_IN_DATA', message);
  }
  const text = readIfPresent(path);
  if (text === undefined) return { path, heads: undefined, text };
  try {
    return { path, heads: parseKnownHeads(text), text };
  } catch (cause) {
    throw new CliError('HEADS_MALFORMED', `${path} cannot be used. ${(cause as Error).message}`, { cause });
  }
}

/**
 * Keeps what this run has seen and says what was done. After TAMPERED or CANNOT_VERIFY nothing is written, so that
 * every later run compares with the last good state; nor when another run has written the file meanwhile.
 */
export function updateKnownHeadsFile(file: KnownHeadsFile, { grade, knownHeads }: Report): string {
  if (grade === 'TAMPERED' || grade === 'CANNOT_VERIFY') return 'left as they were, as the verdict is not a pass';
  if (readIfPresent(file.path) !== file.text) return 'left as they were, as another run has written them meanwhile';
  const text = formatKnownHeads(knownHeads);
  if (text === file.text) return 'unchanged';
  writeFileAtomically(file.path, text);
  return file.text === undefined ? 'written for the first time' : 'brought up to date';
}

function readIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code;
    if (reason === 'ENOENT') return undefined;
    throw new CliError('HEADS_UNREADABLE', `The known-heads file ${path} cannot be read (${reason}).`, { cause });
  }
}
