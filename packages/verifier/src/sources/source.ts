// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Finding } from '../findings.ts';
import type { SignatureLookup } from './record-signature-source.ts';

/** Random access to the bytes of one segment. Whoever can write the segment controls every byte of it. */
export interface SegmentReader {
  /** Reads at most `target.length - at` bytes of the segment from `position` into `target` at `at`; 0 at the end. */
  read(target: Uint8Array, at: number, position: number): number;
  close(): void;
}

/** A record of an export or an index, and what is to be told of the fields beside its payload. */
export interface AlteredRecord {
  readonly number: number;
  /** Last record concerned; default `number`. */
  readonly to?: number;
  readonly field?: string;
  /** Default `PROJECTION_MISMATCH`. */
  readonly code?: Finding['code'];
  /** Default `tampered`. */
  readonly severity?: Finding['severity'];
  /** Default that the field does not say what the payload says. */
  readonly evidence?: string;
  /** True where it is in order unless a successor adopted the record; default false. */
  readonly ifAdopted?: boolean;
}

/** One stream's file, or what an export holds of one stream. */
export interface Segment {
  /** Name shown in findings: a path, or what stands for one. */
  readonly name: string;
  /** The export whose lines were put in order here: then neither lengths nor offsets are evidence. */
  readonly exportOf?: string;
  /** How anybody can see the same, where that is no line of a file. */
  readonly reproduce?: string;
  /** @throws VerifierError `SOURCE_UNREADABLE` */
  open(): SegmentReader;
  /** Records of an export whose own fields do not say what their payloads say. */
  altered?(): readonly AlteredRecord[];
  /** Record signatures beside it; undefined where there are none. */
  signatures?(): SignatureLookup | undefined;
  /** How long a sealed record may take to come here, ms. Undefined where records are sealed. */
  readonly deliveryGraceMs?: number;
  /** True where a part of what it is from could not be read: then absence is no alarm. */
  readonly partial?: boolean;
  /** Hashes of the record of this number, as anybody declares that a receiver refused it; nothing of it is believed. */
  refused?(number: number): readonly string[];
  /** Of what moment it is, ms since 1970; default when it is read. */
  readonly readAtMs?: number;
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
  /** True where records stay when their segments are deleted by retention: then that excuses no absence here. */
  readonly outlivesSegments?: boolean;
  /** The streams that were asked for, where these are not all: no other is missed. */
  readonly only?: readonly string[];
  /** Lists the segments there are now; a directory being written may list more at the next call. */
  segments(): Promise<readonly Segment[]>;
  /** What could not be read while listing, by name. */
  readonly unreadable?: readonly string[];
  /** What is to be told of things in the source that are no stream's. Asked after the segments were read. */
  findings?(): Promise<readonly Finding[]>;
  /** Frees what the source holds (temporary files). */
  dispose?(): Promise<void>;
}
