// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

/** What delivery did since the start. Plain numbers on one object, so that metrics can read them at any moment. */
export interface DeliveryCounters {
  /** Records acknowledged by the receiver. */
  delivered: number;
  /** Requests that the receiver refused for their content, wholly or in part. */
  refused: number;
  /** Records that are not sent again. */
  setAside: number;
  /** Requests sent, probes included. */
  requests: number;
  /** Requests that nobody answered, or that say nothing of their records. */
  failed: number;
}

/**
 * How the last request ended.
 *
 * - `accepted`: all records were taken.
 * - `refused`: content was refused: 400, 413, or a partial success that counts rejected records.
 * - `busy`: later: 408, 429, 502, 503, 504.
 * - `unreachable`: no connection, no whole answer, or none in time.
 * - `fault`: an answer that is about the endpoint and not about records: another status, or no OTLP.
 */
export type AnswerClass = 'accepted' | 'refused' | 'busy' | 'unreachable' | 'fault';

/** How delivery goes in this thread. Times are wall milliseconds. */
export interface DeliveryStatus extends Readonly<DeliveryCounters> {
  /** Origin of the endpoint, without credentials; `exporter` where an exporter was given instead. */
  readonly endpoint: string;
  /** All records up to this one are acknowledged or set aside. */
  readonly deliveredUpTo?: { readonly streamId: string; readonly number: number };
  /** What lies in this writer's directory and was not acknowledged. */
  readonly undelivered: {
    readonly streams: number;
    /** Sealed records as far as they are counted: those of the oldest and of the newest stream. */
    readonly records: number;
    readonly bytes: number;
  };
  /** Time of the oldest record that is known to wait. */
  readonly oldestUndeliveredMs?: number;
  readonly lastAnswer?: AnswerClass;
  /** HTTP status of the last answer. */
  readonly lastStatus?: number;
  readonly lastSuccessMs?: number;
}

export function newCounters(): DeliveryCounters {
  return { delivered: 0, refused: 0, setAside: 0, requests: 0, failed: 0 };
}
