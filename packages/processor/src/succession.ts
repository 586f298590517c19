// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { join } from 'node:path';
import { adoptNewest } from './adopt.ts';
import { SealingError, systemCode } from './errors.ts';
import type { Signer } from './keys/signer.ts';
import { claimWriter, type OwnerClaim } from './owner.ts';
import type { RecordIds } from './record-id.ts';
import type { Sealer } from './sealer.ts';
import { SegmentWriter } from './segment-writer.ts';
import type { ChainPosition } from './stream.ts';
import type { NextStream, Predecessor } from './stream-events.ts';
import { newStreamKey, type StreamKey } from './stream-key.ts';
import type { WriterOptions } from './writer-options.ts';

interface Promised {
  readonly id: string;
  readonly key: StreamKey;
}

/** A stream about to be opened, with its empty file. */
export interface NewStream extends Promised {
  readonly predecessor: Predecessor;
  /** Signs the open note, before the stream key does. */
  readonly identity: Signer;
  readonly segment: SegmentWriter;
}

/**
 * Which stream comes next and what it says of the one before. Streams of one directory form one line: each names its
 * predecessor, no two name the same, and what a close record promises is opened as promised.
 */
export class Succession {
  readonly #options: WriterOptions;
  readonly #ids: RecordIds;
  #claim: OwnerClaim | undefined;
  #predecessor: Predecessor | undefined;
  /** The stream that the predecessor's close record names, until it is known to exist. */
  #promised: Promised | undefined;
  /** The stream that the close record being written names. */
  #following: Promised | undefined;
  /** The stream that was created last. */
  #newest: string | undefined;
  /** Bytes of the predecessor's segment. */
  #validBytes = 0;
  /** Files that must not be taken for streams. */
  #aside: string[] = [];

  constructor(options: WriterOptions, ids: RecordIds) {
    this.#options = options;
    this.#ids = ids;
    this.#predecessor = options.predecessor;
  }

  /**
   * Claims a directory if there is none yet, finds the predecessor, and creates the next stream's file.
   *
   * @throws SealingError `NO_KEY`, `NOT_WRITABLE`, `DISK_FULL`, `WRITE_FAILED`, or what the file system threw
   */
  next(): NewStream {
    const { deployment, identity } = this.#options;
    if (identity === undefined) throw new SealingError('NO_KEY', 'there is no identity key');
    this.#setAside();
    this.#claim ??= this.#claimWriter();
    this.#predecessor ??= this.#adopt(this.#claim);
    const { id, key } = this.#promised ?? { id: this.#newId(), key: newStreamKey(deployment) };
    const segment = this.#create(join(this.#claim.directory, `${id}.ndjson`));
    this.#newest = id;
    return { id, key, segment, predecessor: this.#predecessor, identity };
  }

  /** The file has no open record and will not get one. */
  miscarried(segment: SegmentWriter): void {
    segment.abandon();
    this.#aside.push(segment.path);
  }

  /** What the close record says of the stream that follows; once that record is in the file, always the same. */
  promise(closing: boolean): NextStream {
    if (!closing || this.#following === undefined) {
      this.#following = { id: this.#newId(), key: newStreamKey(this.#options.deployment) };
    }
    return { streamId: this.#following.id, vkey: this.#following.key.vkey };
  }

  /** The stream has ended with that promise. */
  rolled({ stream, segment }: Sealer): void {
    this.#promised = this.#following;
    this.#validBytes = segment.bytes;
    this.#predecessor = { cause: 'roll', streamId: stream.id, ...(stream.position as ChainPosition) };
  }

  /** The stream has ended, and nothing was promised. */
  closed({ stream, segment }: Sealer): void {
    this.#promised = undefined;
    this.#predecessor = {
      cause: 'closed',
      streamId: stream.id,
      ...(stream.position as ChainPosition),
      validBytes: segment.bytes,
    };
  }

  /** The stream's file is given up (docs/spec, "Write errors"). */
  gaveUp({ stream, segment, synced, closing }: Sealer): void {
    if (synced === undefined) {
      // Nothing of it is known to exist, so that nothing may name it. What was promised may be opened again as itself.
      this.#aside.push(segment.path);
      return;
    }
    // The close record may be on the disk all the same, and then the stream it names has to come.
    this.#promised = closing ? this.#following : undefined;
    this.#predecessor = { cause: 'io_error', streamId: stream.id, ...synced, validBytes: segment.syncedBytes };
  }

  /** Whether somebody else has the directory now. False when that cannot be read. */
  displaced(): boolean {
    try {
      return this.#claim?.superseded() ?? false;
    } catch {
      return false;
    }
  }

  /** Neither directory nor streams are this writer's own any more. */
  forget(): void {
    this.#claim = undefined;
    this.#newest = undefined;
    this.#predecessor = undefined;
    this.#promised = undefined;
    this.#aside = [];
  }

  /** Lets the next writer have the directory: its last stream has ended. This one would have to claim again. */
  release(): void {
    this.#claim?.release();
    this.forget();
  }

  /**
   * Delivery and retention take the order of ids for the order of streams: whatever the clock does, an id sorts behind
   * those before it.
   */
  #newId(): string {
    const before = this.#newest ?? (this.#predecessor?.cause === 'first' ? undefined : this.#predecessor?.streamId);
    return before === undefined ? this.#ids.next() : this.#ids.nextAfter(before);
  }

  #claimWriter(): OwnerClaim {
    if (this.#options.claim !== undefined) return this.#options.claim;
    const { files, processes, dataDir, clock } = this.#options;
    return claimWriter({
      files,
      processes,
      dataDir,
      newWriterId: () => {
        const bytes = Buffer.alloc(8);
        this.#options.random(bytes);
        return bytes.toString('hex');
      },
      now: () => clock.wallMs(),
    });
  }

  #adopt(claim: OwnerClaim): Predecessor {
    try {
      return adoptNewest(this.#options.files, claim.directory);
    } catch (error) {
      this.#options.report('ADOPTION_FAILED', `cannot read the last stream in ${claim.directory}`, error);
      throw error;
    }
  }

  /**
   * Takes files that never became streams out of the way. As long as one is left, no other stream is opened: the two
   * would name one predecessor.
   */
  #setAside(): void {
    for (let path = this.#aside[0]; path !== undefined; path = this.#aside[0]) {
      try {
        this.#options.files.renameSync(path, path.replace(/ndjson$/, 'torn'));
      } catch (error) {
        if (systemCode(error) !== 'ENOENT') throw error;
      }
      this.#aside.shift();
    }
  }

  #create(path: string): SegmentWriter {
    try {
      return new SegmentWriter(this.#options.files, path);
    } catch (error) {
      if (error instanceof SealingError && systemCode(error.cause) === 'EEXIST') this.#breakPromise();
      throw error;
    }
  }

  /** The promised stream cannot be opened under its name: another one names the end instead. */
  #breakPromise(): void {
    this.#promised = undefined;
    if (this.#predecessor?.cause === 'roll') {
      this.#predecessor = { ...this.#predecessor, cause: 'closed', validBytes: this.#validBytes };
    }
  }
}
