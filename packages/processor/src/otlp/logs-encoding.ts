// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { ExportedStream } from './exported-stream.ts';

/** A record on its way out, as segment and notes have it. The bytes are only read while `encode` runs. */
export interface DeliverableRecord {
  /** P, without the line feed: a view of whatever the segment was read into. */
  readonly payload: Uint8Array;
  /** Record hash, 64 hexadecimal digits. */
  readonly hash: string;
  readonly number: number;
  /** Number of the sealing record whose note covers it; left out when a successor adopted it. */
  readonly seal?: number;
  /** The note, on a sealing record. */
  readonly note?: string;
  /** Ed25519 over P by the stream key, 64 bytes, where record signatures are on and it is still there. */
  readonly signature?: Uint8Array;
}

/** What an OTLP answer with a 2xx status says of records that were not taken. */
export interface PartialSuccess {
  /** Records that the server dropped for good; 0 with a mere warning. */
  readonly rejected: number;
  /** The server's words: at most 200 characters, control characters out. */
  readonly message: string;
}

/**
 * One of OTLP/HTTP's two encodings of an export request for logs. What `encode` makes of a record is a function of P, the
 * open record, the note and the signature alone: nothing of the running process is in it.
 */
export interface LogsEncoding {
  readonly contentType: string;
  /**
   * The request that carries these records, all of one stream, in this order.
   *
   * @returns bytes that hold until the next call of `encode`
   * @throws FormatError `MALFORMED` where a payload is none: the segment was damaged
   */
  encode(stream: ExportedStream, records: readonly DeliverableRecord[]): Uint8Array;
  /**
   * Reads the body of an answer with a 2xx status. The server controls every byte; nothing makes this throw.
   *
   * @param contentType of the answer; may be missing
   * @returns undefined where everything was taken; `unreadable` where the body is no OTLP answer at all, as when a proxy
   * answers 200 with a page of its own: then nothing says that the records arrived
   */
  readAnswer(body: Uint8Array, contentType: string | undefined): PartialSuccess | 'unreadable' | undefined;
}
