// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

/**
 * Place of a record in its stream. The sealing side makes these and they are never taken from an event, so ids and hash
 * of the right length are believed to be what they say.
 */
export interface ChainFields {
  /** `audit.record.id`, a UUIDv7 in lower case. */
  readonly recordId: string;
  /** `audit.sequence.stream_id`, a UUIDv7 in lower case. */
  readonly streamId: string;
  /** `audit.sequence.number`, from 1. */
  readonly number: number;
  /** Record hash of the predecessor, lower-case hex; left out on number 1. */
  readonly previousHash?: string;
  /** Record id of the predecessor; left out on number 1. */
  readonly previousRecordId?: string;
  /** True on the last record of a stream. */
  readonly end?: boolean;
}

/** What an event says, as the application gave it: everything in here may be hostile. */
export interface EventRecord {
  readonly eventName: string;
  /** Milliseconds since 1970. */
  readonly timestampMs: number;
  /** Milliseconds since 1970. */
  readonly observedTimestampMs: number;
  /** 32 lower-case hex digits. */
  readonly traceId?: string;
  /** 16 lower-case hex digits. */
  readonly spanId?: string;
  /** One sentence for people, at most `BODY_MAX_BYTES`. */
  readonly body?: string;
  /** Attributes by name; which ones are kept is in `EVENTS` of the semantic conventions. */
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** An encoded event with what its caller needs to write it cheaply. */
export interface EncodedEvent {
  /** The canonical payload P. */
  readonly payload: string;
  /** True if P is ASCII, so that one byte a character (`latin1`) writes the same bytes as UTF-8, faster. */
  readonly ascii: boolean;
  /** Value of `stepseal.sanitised`: what was mended, cut or dropped; empty if nothing was. */
  readonly sanitised: readonly string[];
}

/** Longest body of a registry event, in UTF-8 bytes. */
export const BODY_MAX_BYTES = 1024;
