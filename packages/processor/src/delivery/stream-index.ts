// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isUuidV7, LIMITS, type Payload, parsePayload } from '@stepseal/core/format';
import { systemCode } from '../errors.ts';
import { READ_FLAGS } from '../file-system.ts';
import { LineReader } from './line-reader.ts';
import { NoteScanner } from './note-scanner.ts';
import type { Adoption } from './segment-reader.ts';

const SEGMENT = /^([0-9a-f-]{36})\.ndjson$/;

/** What the open record of a stream says, as far as delivery needs it. */
export interface StreamHead {
  /** The open record. */
  readonly open: Uint8Array;
  /** The stream before this one, as its successor names it. */
  readonly predecessor?: Adoption & { readonly streamId: string };
  /** A note covers the open record: until then it names nobody. */
  readonly noted: boolean;
}

interface Successor {
  readonly id: string;
  readonly noted: boolean;
  readonly predecessor: Adoption;
}

type Link = Omit<StreamHead, 'open'>;

/** The streams of one writer's directory, in the order of their ids, which is the order of their creation. */
export class StreamIndex {
  readonly #directory: string;
  #ids: string[] = [];
  /** What the open records say of the streams before them. Not the records themselves: there may be thousands of streams. */
  readonly #links = new Map<string, Link>();

  constructor(directory: string) {
    this.#directory = directory;
  }

  get ids(): readonly string[] {
    return this.#ids;
  }

  path(streamId: string): string {
    return join(this.#directory, `${streamId}.ndjson`);
  }

  /** Looks at the directory anew. @throws what the file system throws */
  async list(): Promise<void> {
    const entries = await readdir(this.#directory, { withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile() || entry.isSymbolicLink());
    this.#ids = files.flatMap(({ name }) => SEGMENT.exec(name)?.[1] ?? []).filter(isUuidV7);
    this.#ids.sort();
    const present = new Set(this.#ids);
    for (const id of this.#links.keys()) {
      if (!present.has(id)) this.#links.delete(id);
    }
  }

  /** First stream behind this one, or the first of all. */
  after(streamId: string | undefined): string | undefined {
    return streamId === undefined ? this.#ids[0] : this.#ids.find((id) => id > streamId);
  }

  /** Open record of a stream, or undefined when it has none. @throws what the file system throws */
  async head(streamId: string): Promise<StreamHead | undefined> {
    const handle = await open(this.path(streamId), READ_FLAGS);
    try {
      const head = await readHead(handle);
      if (head?.noted) {
        const { predecessor } = head;
        this.#links.set(streamId, { noted: true, ...(predecessor === undefined ? {} : { predecessor }) });
      }
      return head;
    } finally {
      await handle.close();
    }
  }

  /**
   * What the stream's successor says of its end. `awaited`: it names it, but nothing vouches for that yet.
   *
   * @throws what the file system throws: whether there is a successor is not known then, and must not be guessed, or the
   * end of the stream would be passed over
   */
  async adoption(streamId: string): Promise<Adoption | 'awaited' | undefined> {
    const successor = await this.#successor(streamId);
    return successor === undefined || (await this.#isVouchedFor(successor)) ? successor?.predecessor : 'awaited';
  }

  async #successor(streamId: string): Promise<Successor | undefined> {
    for (const id of this.#ids) {
      if (id <= streamId) continue;
      const head = this.#links.get(id) ?? (await this.head(id).catch(noneIfGone));
      if (head?.predecessor?.streamId === streamId) return { id, noted: head.noted, predecessor: head.predecessor };
    }
    return undefined;
  }

  /**
   * Whether a note covers what the stream says. Its own one, or, where its process was killed before that came, that of
   * the stream that adopted it: then its own will never come.
   */
  async #isVouchedFor(stream: Successor): Promise<boolean> {
    for (let at: Successor | undefined = stream; at !== undefined; at = await this.#successor(at.id)) {
      if (at.noted) return true;
    }
    return false;
  }

  /** Bytes of a stream's file, 0 when it is gone. */
  async bytes(streamId: string): Promise<number> {
    try {
      return (await stat(this.path(streamId))).size;
    } catch {
      return 0;
    }
  }
}

function noneIfGone(error: unknown): undefined {
  if (systemCode(error) !== 'ENOENT') throw error;
}

async function readHead(handle: FileHandle): Promise<StreamHead | undefined> {
  const { size } = await handle.stat();
  // An open record is an event of ours: below 64 KiB.
  const lines = new LineReader(handle, 0, Math.min(size, LIMITS.ownPayloadBytes + 1));
  let line = lines.next();
  while (line === undefined) {
    if (!(await lines.fill())) return undefined;
    line = lines.next();
  }
  const payload = parseOpen(line);
  if (payload === undefined) return undefined;
  const noted = (await new NoteScanner(handle, lines.offset, size).covering(1)) !== undefined;
  // A copy: the view would keep a whole chunk in memory.
  return { open: Uint8Array.from(line), noted, ...predecessorOf(payload) };
}

function parseOpen(line: Uint8Array): Payload | undefined {
  try {
    const payload = parsePayload(line);
    return payload.eventName === 'stepseal.stream.open' ? payload : undefined;
  } catch {
    return undefined;
  }
}

function predecessorOf({ attributes }: Payload): Pick<StreamHead, 'predecessor'> {
  const streamId = attributes.get('stepseal.predecessor.stream_id');
  const number = attributes.get('stepseal.predecessor.number');
  if (streamId?.type !== 'string' || number?.type !== 'int') return {};
  const abandoned = attributes.get('stepseal.predecessor.cause')?.value === 'io_error';
  return { predecessor: { streamId: streamId.value, number: Number(number.value), abandoned } };
}
