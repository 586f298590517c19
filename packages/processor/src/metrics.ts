// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { MeterProvider } from '@opentelemetry/api';
import type { Clock } from './clock.ts';
import { globalMeterProvider } from './global-api.ts';
import type { HealthFacts } from './health.ts';
import { SOFTWARE_VERSION } from './version.ts';

const SCOPE = '@stepseal/processor';

/** How often a provider that the application registers after us is looked for. */
const LOOK_EVERY_MS = 5_000;

type Count = 'emitted' | 'sealed' | 'acknowledged' | 'delivered' | 'refused' | 'setAside';

/** Counters, unit `{record}`: name, what it counts, and where it stands in {@link HealthFacts}. */
const COUNTERS: readonly (readonly [name: string, fact: Count, description: string])[] = [
  ['stepseal.records.emitted', 'emitted', 'Records handed to the sealer.'],
  ['stepseal.records.acknowledged', 'acknowledged', 'Records that survive a power cut, those of the trail included.'],
  ['stepseal.records.sealed', 'sealed', 'Records under a signed note, those of the trail included.'],
  ['stepseal.records.delivered', 'delivered', 'Records that the receiver has acknowledged.'],
  ['stepseal.records.refused', 'refused', 'Records that could not be sealed; gap records declare them.'],
  ['stepseal.records.set_aside', 'setAside', 'Records that the receiver refused for good; they stay in their segment.'],
];

/**
 * Shows the counts as OpenTelemetry metrics, by the API alone: read when a reader collects, and never in the way of a
 * record.
 */
export class Metrics {
  readonly #read: () => HealthFacts;
  readonly #clock: Clock;
  readonly #given: MeterProvider | undefined;
  #bound: unknown;
  #removers: (() => void)[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** @param given Default the one that is registered globally, whenever that is */
  constructor(read: () => HealthFacts, clock: Clock, given: MeterProvider | undefined) {
    this.#read = read;
    this.#clock = clock;
    this.#given = given;
  }

  start(): void {
    if (this.#timer !== undefined) return;
    this.#bind();
    this.#timer = setInterval(() => this.#bind(), LOOK_EVERY_MS).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#release();
  }

  #bind(): void {
    const provider = this.#given ?? globalMeterProvider();
    if (provider === undefined || provider === this.#bound) return;
    this.#release();
    this.#bound = provider;
    try {
      const meter = provider.getMeter(SCOPE, SOFTWARE_VERSION);
      for (const [name, fact, description] of COUNTERS)
        this.#observe(meter.createObservableCounter(name, { unit: '{record}', description }), () => this.#read()[fact]);
      const queue = {
        unit: 's',
        description: 'Age of the oldest sealed record that waits for the receiver; 0 when none.',
      };
      this.#observe(meter.createObservableGauge('stepseal.queue.age', queue), () =>
        this.#age(this.#read().oldestUndeliveredMs, 0),
      );
      const seal = { unit: 's', description: 'Time since the newest note of the live stream.' };
      this.#observe(meter.createObservableGauge('stepseal.seal.age', seal), () =>
        this.#age(this.#read().lastNoteMs, undefined),
      );
    } catch {
      // Somebody else's provider: what it throws is not the application's to see.
    }
  }

  #observe(
    instrument: ReturnType<ReturnType<MeterProvider['getMeter']>['createObservableGauge']>,
    value: () => number | undefined,
  ): void {
    const callback = (result: { observe(value: number): void }): void => {
      const now = value();
      if (now !== undefined) result.observe(now);
    };
    instrument.addCallback(callback);
    this.#removers.push(() => instrument.removeCallback(callback));
  }

  #age(sinceMs: number | undefined, none: number | undefined): number | undefined {
    return sinceMs === undefined ? none : Math.max(0, this.#clock.wallMs() - sinceMs) / 1000;
  }

  #release(): void {
    for (const remove of this.#removers.splice(0)) {
      try {
        remove();
      } catch {}
    }
    this.#bound = undefined;
  }
}
