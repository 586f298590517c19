// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { type Clock, systemClock } from '../clock.ts';
import { SealingError } from '../errors.ts';
import type { DeliverableRecord } from '../otlp/logs-encoding.ts';
import { BACK_OFF, BackOff } from './back-off.ts';
import type { Carrier, Load, RefusalAnswer } from './carrier.ts';
import { OtlpCarrier } from './otlp-carrier.ts';
import type { OtlpDeliveryOptions } from './otlp-options.ts';

/** A record that the receiver does not want. */
export interface RefusedRecord {
  readonly number: number;
  readonly hash: string;
  readonly status: number;
  readonly answer: RefusalAnswer;
}

/** Records refused one by one, with none accepted before, after which it is the receiver that refuses. */
const REFUSALS = 3;

/**
 * Sends sealed records once more, as delivery sends them: the same bytes with the same ids. Nothing is remembered, no
 * cursor moves and no record is declared: whoever sends again looks afterwards at what has arrived.
 */
export class Redelivery {
  readonly #carrier: Carrier;
  readonly #clock: Clock;
  readonly #patienceMs: number;
  #accepted = 0;
  #refused = 0;

  /**
   * @param patienceMs how long a receiver that is away or busy is asked again before it is given up
   * @throws SealingError `INVALID_OPTION`
   */
  constructor(options: OtlpDeliveryOptions, patienceMs: number, clock: Clock = systemClock) {
    this.#carrier = new OtlpCarrier(options, clock);
    this.#clock = clock;
    this.#patienceMs = patienceMs;
  }

  /** For people: no credentials. */
  get destination(): string {
    return this.#carrier.destination;
  }

  /**
   * Resolves when the receiver has answered for every record.
   *
   * @returns those it refused
   * @throws SealingError `ENDPOINT_UNREACHABLE`, `ENDPOINT_FAULT`: some of the records may have been accepted
   */
  async send(load: Load): Promise<RefusedRecord[]> {
    // Delivery beside an application never keeps its process; here there is nothing else that would.
    const awake = setInterval(() => {}, 2 ** 30);
    try {
      return await this.#send(load);
    } finally {
      clearInterval(awake);
    }
  }

  async #send(load: Load): Promise<RefusedRecord[]> {
    const outcome = await this.#answer(load);
    if (outcome === undefined) {
      this.#accepted += load.records.length;
      return [];
    }
    const { records } = load;
    if (records.length > 1) {
      const half = Math.ceil(records.length / 2);
      return [
        ...(await this.#send({ ...load, records: records.slice(0, half) })),
        ...(await this.#send({ ...load, records: records.slice(half) })),
      ];
    }
    this.#refused++;
    if (this.#accepted === 0 && this.#refused >= REFUSALS) {
      const problem = `${this.destination}: it refuses every record (${outcome.status})`;
      throw new SealingError('ENDPOINT_FAULT', problem);
    }
    const { number, hash } = records[0] as DeliverableRecord;
    return [{ number, hash, ...outcome }];
  }

  async close(): Promise<void> {
    await this.#carrier.close();
  }

  /** @returns what was refused, undefined when all was accepted */
  async #answer(load: Load): Promise<{ status: number; answer: RefusalAnswer } | undefined> {
    const backOff = new BackOff(BACK_OFF, Math.random);
    const until = this.#clock.monotonicMs() + this.#patienceMs;
    for (;;) {
      const outcome = await this.#carrier.carry(load);
      if (outcome.kind === 'accepted') return undefined;
      if (outcome.kind === 'refused') return { status: outcome.status, answer: outcome.answer };
      const pause = backOff.next(outcome.kind === 'fault', outcome.retryAfterMs);
      if (outcome.kind === 'fault' || this.#clock.monotonicMs() + pause > until) {
        const code = outcome.kind === 'fault' ? 'ENDPOINT_FAULT' : 'ENDPOINT_UNREACHABLE';
        throw new SealingError(code, `${this.destination}: ${outcome.problem}`);
      }
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}
