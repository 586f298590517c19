// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { open, readdir } from 'node:fs/promises';
import { isUuidV7 } from '@stepseal/core/format';
import { READ_FLAGS } from '../file-system.ts';
import type { Load } from './carrier.ts';
import { NoteScanner } from './note-scanner.ts';
import { type Adoption, SegmentReader } from './segment-reader.ts';
import { StreamIndex } from './stream-index.ts';

const SEGMENT = /^([0-9a-f-]{36})\.ndjson$/;

/** One stream's segment, read for what of it may leave: nothing here is claimed, changed or remembered. */
export class SealedStream {
  readonly streamId: string;
  readonly path: string;
  readonly #index: StreamIndex;

  constructor(streamId: string, index: StreamIndex) {
    this.streamId = streamId;
    this.path = index.path(streamId);
    this.#index = index;
  }

  /** How many records may leave by now: numbers 1 to this one. @throws what the file system throws */
  async deliverable(): Promise<number> {
    const adoption = await this.#adoption();
    if (adoption?.abandoned) return adoption.number;
    const handle = await open(this.path, READ_FLAGS);
    try {
      const notes = new NoteScanner(handle, 0, (await handle.stat()).size);
      let last = 0;
      for (let note = await notes.covering(1); note !== undefined; note = await notes.covering(last + 1))
        last = note.size;
      return Math.max(last, adoption?.number ?? 0);
    } finally {
      await handle.close();
    }
  }

  /**
   * Those records behind the first `after`, in order of number, some hundred at a time: each load is valid until the next.
   *
   * @throws what the file system throws
   */
  async *loads(after = 0): AsyncGenerator<Load> {
    const open = (await this.#index.head(this.streamId))?.open ?? new Uint8Array();
    const adoption = await this.#adoption();
    const reader = await SegmentReader.open(this.path, after);
    try {
      for (let records = await reader.read(adoption); records.length > 0; records = await reader.read(adoption)) {
        yield { open, records };
      }
    } finally {
      await reader.close();
    }
  }

  async #adoption(): Promise<Adoption | undefined> {
    const adoption = await this.#index.adoption(this.streamId);
    return adoption === 'awaited' ? undefined : adoption;
  }
}

/**
 * The streams whose segments lie in a directory or anywhere below it, a data directory or an archive, by id. Of a stream
 * that lies there more than once the longest copy is taken.
 *
 * @throws what the file system throws
 */
export async function sealedStreams(directory: string): Promise<SealedStream[]> {
  const directories = new Set<string>();
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (isUuidV7(SEGMENT.exec(entry.name)?.[1] ?? '')) directories.add(entry.parentPath);
  }
  const streams = new Map<string, { stream: SealedStream; bytes: number }>();
  for (const place of directories) {
    const index = new StreamIndex(place);
    await index.list();
    for (const streamId of index.ids) {
      const bytes = await index.bytes(streamId);
      if (bytes > (streams.get(streamId)?.bytes ?? -1))
        streams.set(streamId, { stream: new SealedStream(streamId, index), bytes });
    }
  }
  return [...streams.values()].map(({ stream }) => stream).sort((a, b) => (a.streamId < b.streamId ? -1 : 1));
}
