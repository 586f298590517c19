// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { type ChainFields, type EventRecord, encodeEvent, MerkleTree, recordHash } from '@stepseal/core/format';

/** Last record of a stream as its successor names it. */
export interface ChainPosition {
  readonly number: number;
  readonly hash: string;
}

/**
 * The chain of one stream: numbers from 1, each record holding the hash of the one before, and the tree over all of
 * them. Pure: a payload takes its place only with {@link accept}, once its line is in the file, so that a failed write
 * leaves no trace.
 */
export class Stream {
  readonly id: string;
  readonly deployment: string;
  readonly tree: MerkleTree = new MerkleTree();
  /** Sum of the counts of all gap records so far. */
  refusedTotal = 0;
  // One object for all records: the encoder reads it and lets go of it.
  readonly #next: ChainFields & { recordId: string; number: number; previousHash?: string; previousRecordId?: string };

  constructor(id: string, deployment: string) {
    this.id = id;
    this.deployment = deployment;
    this.#next = { recordId: '', streamId: id, number: 1 };
  }

  /** Number of the last record, 0 before the open record. */
  get number(): number {
    return this.#next.number - 1;
  }

  /** The last record. Undefined before the open record. */
  get position(): ChainPosition | undefined {
    const hash = this.#next.previousHash;
    return hash === undefined ? undefined : { number: this.number, hash };
  }

  /** Chain fields of the record that would come next. Valid until the next call. */
  next(recordId: string): ChainFields {
    this.#next.recordId = recordId;
    return this.#next;
  }

  /** Payload of a registry event at the next place. */
  encode(record: EventRecord, recordId: string): string {
    this.#next.recordId = recordId;
    return encodeEvent(record, this.#next);
  }

  /** Payload of the record after which nothing may come. */
  encodeLast(record: EventRecord, recordId: string): string {
    return encodeEvent(record, { ...this.next(recordId), end: true });
  }

  /** The payload made last is in the file. @returns its record hash */
  accept(payload: string): string {
    const next = this.#next;
    const hash = recordHash(payload);
    this.tree.append(hash);
    next.previousHash = hash;
    next.previousRecordId = next.recordId;
    next.number++;
    return hash;
  }
}
