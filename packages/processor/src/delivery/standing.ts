// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { DeliveryCursor } from '../data/cursor.ts';
import type { Outcome } from './carrier.ts';
import { type AnswerClass, type DeliveryCounters, type DeliveryStatus, newCounters } from './status.ts';

type Backlog = DeliveryStatus['undelivered'];

const EMPTY: Backlog = { streams: 0, records: 0, bytes: 0 };

/** How delivery stands, kept for people and metrics; nothing is decided by it but whether the receiver takes records. */
export class Standing {
  readonly counters: DeliveryCounters = newCounters();
  #lastAnswer: AnswerClass | undefined;
  #lastStatus: number | undefined;
  #lastSuccessMs: number | undefined;
  #waitingSinceMs: number | undefined;
  #backlog: Backlog = EMPTY;

  /** Whether something sealed is known to wait. */
  get pending(): boolean {
    return this.#waitingSinceMs !== undefined;
  }

  /** Whether the last answer, if there was one, was an acceptance. */
  get flows(): boolean {
    return this.#lastAnswer === 'accepted' || this.#lastAnswer === undefined;
  }

  /** @param nowMs wall milliseconds */
  answered({ kind, status }: Outcome, nowMs: number): void {
    this.#lastAnswer = kind;
    this.#lastStatus = status === 0 ? undefined : status;
    if (kind === 'accepted') this.#lastSuccessMs = nowMs;
  }

  /** What was refused was no record: the endpoint refuses them all. */
  refusesAll(): void {
    this.#lastAnswer = 'fault';
  }

  /** Something waits, for at least as long as this. */
  waits(sinceMs: number): void {
    this.#waitingSinceMs ??= sinceMs;
  }

  /** The oldest record that waits is of this time. */
  oldest(timeMs: number | undefined): void {
    this.#waitingSinceMs = timeMs ?? this.#waitingSinceMs;
  }

  counted(backlog: Backlog): void {
    this.#backlog = backlog;
  }

  /** Nothing waits. */
  idle(): void {
    this.#waitingSinceMs = undefined;
    this.#backlog = EMPTY;
  }

  status(endpoint: string, cursor: DeliveryCursor | undefined): DeliveryStatus {
    const since = this.#waitingSinceMs;
    return {
      endpoint,
      ...this.counters,
      ...(cursor === undefined ? {} : { deliveredUpTo: { streamId: cursor.streamId, number: cursor.number } }),
      undelivered: this.#backlog,
      ...(since === undefined ? {} : { oldestUndeliveredMs: since }),
      ...(this.#lastAnswer === undefined ? {} : { lastAnswer: this.#lastAnswer }),
      ...(this.#lastStatus === undefined ? {} : { lastStatus: this.#lastStatus }),
      ...(this.#lastSuccessMs === undefined ? {} : { lastSuccessMs: this.#lastSuccessMs }),
    };
  }
}
