// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { SignatureLookup } from './record-signature-source.ts';

/** Random access to the bytes of one segment. Whoever can write the segment controls every byte of it. */
export interface SegmentReader {
  /** Reads at most `target.length - at` bytes of the segment from `position` into `target` at `at`; 0 at the end. */
  read(target: Uint8Array, at: number, position: number): number;
  close(): void;
}

/** A record of an export, and a field of it that does not say what its payload says. */
export interface AlteredRecord {
  readonly number: number;
  readonly field: string;
}

/** One stream's file, or what an export holds of one stream. */
export interface Segment {
  /** Name shown in findings: a path, or what stands for one. */
  readonly name: string;
  /** The export whose lines were put in order here: then neither lengths nor offsets are evidence. */
  readonly exportOf?: string;
  /** @throws VerifierError `SOURCE_UNREADABLE` */
  open(): SegmentReader;
  /** Records of an export whose own fields do not say what their payloads say. */
  altered?(): readonly AlteredRecord[];
  /** Record signatures beside it; undefined where there are none. */
  signatures?(): SignatureLookup | undefined;
}

/** Where sealed records are read from. */
export interface Source {
  /** Shown in the report. */
  readonly description: string;
  /**
   * True where the source claims to hold everything there is (a data directory, an archive). Only then is an absent
   * stream an alarm; a single file given by hand makes no such claim.
   */
  readonly complete: boolean;
  /** Lists the segments there are now; a directory being written may list more at the next call. */
  segments(): Promise<readonly Segment[]>;
  /** What could not be read while listing, by name. */
  readonly unreadable?: readonly string[];
  /** Frees what the source holds (temporary files). */
  dispose?(): Promise<void>;
}
