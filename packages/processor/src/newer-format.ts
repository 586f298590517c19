// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { join } from 'node:path';
import { FORMAT_VERSION, type Payload, parsePayload } from '@stepseal/core/format';
import type { FileSystem } from './file-system.ts';
import { readFirstLine } from './first-line.ts';

/**
 * Whether a writer's directory holds a stream of a format that this software does not know. Its end cannot be named by
 * somebody who cannot read it: what he took for torn would be evidence against it. Such a directory is left to the software
 * that wrote it; after a return to older software a new directory begins.
 *
 * The open record has its form in every version of the format.
 *
 * @throws what the file system threw
 */
export function holdsNewerFormat(files: FileSystem, directory: string): boolean {
  return files
    .readdirSync(directory)
    .filter((name) => /^[0-9a-f-]{36}\.ndjson$/.test(name))
    .some((name) => isNewer(readFirstLine(files, join(directory, name))));
}

function isNewer(line: Buffer | undefined): boolean {
  let payload: Payload;
  try {
    payload = parsePayload(line ?? Buffer.alloc(0));
  } catch {
    // Torn while it was opened: there is no version to be newer.
    return false;
  }
  const version = payload.attributes.get('stepseal.format.version');
  if (payload.eventName !== 'stepseal.stream.open' || version?.type !== 'string') return false;
  return !/^\d{1,6}$/.test(version.value) || Number(version.value) > Number(FORMAT_VERSION);
}
