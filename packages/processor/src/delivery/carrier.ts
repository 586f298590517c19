// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { DeliverableRecord } from '../otlp/logs-encoding.ts';

/** Records of one stream on their way out. */
export interface Load {
  /** Payload of the stream's open record: Resource and scope come from it. */
  readonly open: Uint8Array;
  /** In order of number, never empty. */
  readonly records: readonly DeliverableRecord[];
}

/**
 * What a refusal says: `bad_request` (400), `too_large` (413), `rejected` (a partial success), `malformed` (a line of the
 * segment that is no record: nothing was sent).
 */
export type RefusalAnswer = 'bad_request' | 'too_large' | 'rejected' | 'malformed';

/** How a load ended. Texts hold nothing of a header, a record or an unbounded answer. */
export type Outcome =
  | { readonly kind: 'accepted'; readonly status: number; readonly warning?: string }
  /** About the records: at least one of them is not wanted, or all of them are too large together. */
  | { readonly kind: 'refused'; readonly status: number; readonly answer: RefusalAnswer; readonly text: string }
  | {
      readonly kind: 'busy' | 'unreachable' | 'fault';
      readonly status: number;
      readonly problem: string;
      /** How long the receiver asks to be left alone. */
      readonly retryAfterMs?: number;
    };

/** Takes records to their receiver. One load is under way at most. */
export interface Carrier {
  /** For people: no credentials. */
  readonly destination: string;
  /** Never rejects. */
  carry(load: Load): Promise<Outcome>;
  /** Asks whoever keeps loads of its own to let them go. */
  flush?(): Promise<void>;
  /** Lets go of connections; a load under way ends as `unreachable`. */
  close(): Promise<void>;
}

/** A line of the segment is no record: somebody changed the file. */
export const MALFORMED: Outcome = { kind: 'refused', status: 0, answer: 'malformed', text: '' };
