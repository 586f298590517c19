// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { type Call, type Option, textFlag } from './command.ts';
import { ELASTICSEARCH_SOURCE_OPTIONS } from './elasticsearch-connection.ts';
import { checkIndexOptions, namesIndex } from './index-source.ts';
import type { Archive } from './search/archive.ts';

/** Options of a command that searches segments or, where `--elasticsearch` is given, an index of them. */
export const ARCHIVE_OPTIONS: Readonly<Record<string, Option>> = {
  dir: { type: 'string', value: 'PATH', brief: 'Directory or segment to read; - for standard input.' },
  ...ELASTICSEARCH_SOURCE_OPTIONS,
  elasticsearch: { type: 'string', value: 'URL', brief: 'Read from this Elasticsearch, not from segments.' },
};

/** What the call names. Throws CliError. */
export async function openArchive(call: Call, dataDir: string): Promise<Archive> {
  checkIndexOptions(call);
  // Not before it is needed: the client of Elasticsearch is large, and reading segments needs none.
  if (namesIndex(call)) return (await import('./elasticsearch/index-archive.ts')).indexArchive(call);
  return (await import('./search/segment-archive.ts')).segmentArchive(call, textFlag(call, 'dir'), dataDir);
}

/** Lets go of an archive, also when reading it failed. */
export async function withArchive<T>(archive: Archive, use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } finally {
    await archive.close();
  }
}
