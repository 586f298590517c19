// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Clock } from './clock.ts';
import type { Report } from './diagnostics.ts';
import type { SealingErrorCode } from './errors.ts';
import type { FileSystem } from './file-system.ts';
import type { Signer } from './keys/signer.ts';
import type { OwnerClaim } from './owner.ts';
import type { ProcessTable } from './process-identity.ts';
import type { RandomFill } from './record-id.ts';
import type { RecordSignatures } from './record-signatures.ts';
import type { SpoolLimits } from './spool.ts';
import type { Predecessor } from './stream-events.ts';

/** When a sealing record is due. */
export interface SealSettings {
  /** Records after which one is written; default 256. */
  readonly maxRecords: number;
  /** Milliseconds after the first uncovered record; default 1000. */
  readonly intervalMs: number;
  /** Milliseconds of silence after which one is written all the same; default 60,000. */
  readonly heartbeatMs: number;
  /** Each record is signed by itself too, in a thread of its own; default false. */
  readonly recordSignatures?: boolean;
}

/** When a stream ends and the next begins. */
export interface RollSettings {
  /** Bytes of the segment; default 64 MiB. */
  readonly maxBytes: number;
  /** Milliseconds since the open record; default 24 hours. */
  readonly maxAgeMs: number;
}

/**
 * - `idle`: nothing opened yet, or closed by the exit of the process; the next record opens.
 * - `open`: records go straight into a segment.
 * - `blocked`: nothing can be written; records wait in memory.
 * - `shut`: over.
 */
export type WriterState = 'idle' | 'open' | 'blocked' | 'shut';

/** How the sealing goes. */
export interface WriterProgress {
  readonly state: WriterState;
  readonly streamId?: string;
  /** The segment being written. */
  readonly file?: string;
  /** Last record's number in the stream. */
  readonly number: number;
  /** Records since the last sealing record. */
  readonly uncovered: number;
  /** Records waiting in memory for a file. */
  readonly waiting: number;
  /** Losses no gap record declares yet. */
  readonly undeclared: number;
  /** Records lost since the start. */
  readonly lost: number;
  /** Records handed over since the start. */
  readonly emitted: number;
  /** Records under a note, and records that survive a power cut; those of the trail itself included. */
  readonly sealed: number;
  readonly acknowledged: number;
  /** Wall milliseconds of the newest sealing record, and of the newest note. */
  readonly lastSealMs?: number;
  readonly lastNoteMs?: number;
  /** Why nothing can be written, while the state is `blocked`. */
  readonly blockedBy?: SealingErrorCode;
}

/** Everything the writer needs, the world included. */
export interface WriterOptions {
  readonly deployment: string;
  readonly dataDir: string;
  /** Signs open notes. Without it nothing can be sealed. */
  readonly identity?: Signer;
  readonly seal: SealSettings;
  readonly roll: RollSettings;
  readonly spool: SpoolLimits;
  /** JCS of the Resource attributes known by now. */
  readonly resource: () => string;
  readonly redactionHash?: string;
  readonly files: FileSystem;
  readonly processes: ProcessTable;
  readonly clock: Clock;
  readonly random: RandomFill;
  readonly report: Report;
  /** Whether a start-up snapshot is being built: no file may be opened then. */
  readonly buildingSnapshot: () => boolean;
  readonly delivery?: DeliveryQueue;
  /** The directory to write in, held already. Default: that of a writer whose owner is gone, or a new one. */
  readonly claim?: OwnerClaim;
  /** What the first stream there has to name; default what lies in the directory, read at once. */
  readonly predecessor?: Predecessor;
  readonly recordSignatures?: RecordSignatures;
}

/** Whoever reads the segments for delivery, and is told when it is worth a look. */
export interface DeliveryQueue {
  /** The stream's open record is in this file; older streams in its directory get no more records. */
  opened(streamId: string, path: string): void;
  /** The note over the records up to `size` is in the file, which has so many bytes now. */
  noteWritten(streamId: string, size: number, fileBytes: number): void;
}
