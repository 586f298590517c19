// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Attributes, MeterProvider } from '@opentelemetry/api';
import { globalMeterProvider } from './global-api.ts';

/** How often a provider that is registered after us is looked for. */
const LOOK_EVERY_MS = 5_000;

/** What is shown: read when a reader collects. */
export interface Measure {
  readonly name: string;
  readonly kind: 'counter' | 'gauge';
  readonly unit: string;
  readonly description: string;
  /** A value, several with what tells them apart, or undefined where there is none by now. */
  read(): number | readonly { readonly value: number; readonly attributes: Attributes }[] | undefined;
}

/** Shows measures as OpenTelemetry metrics, by the API alone: never in the way of anything else. */
export class MeterBinding {
  readonly #scope: string;
  readonly #version: string;
  readonly #measures: readonly Measure[];
  readonly #given: MeterProvider | undefined;
  #bound: unknown;
  #removers: (() => void)[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** @param given Default the one that is registered globally, whenever that is */
  constructor(scope: string, version: string, measures: readonly Measure[], given?: MeterProvider) {
    this.#scope = scope;
    this.#version = version;
    this.#measures = measures;
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
      const meter = provider.getMeter(this.#scope, this.#version);
      for (const measure of this.#measures) this.#observe(meter, measure);
    } catch {
      // Somebody else's provider: what it throws is not the application's to see.
    }
  }

  #observe(meter: ReturnType<MeterProvider['getMeter']>, measure: Measure): void {
    const { name, kind, unit, description } = measure;
    const options = { unit, description };
    const instrument =
      kind === 'counter' ? meter.createObservableCounter(name, options) : meter.createObservableGauge(name, options);
    const callback = (result: { observe(value: number, attributes?: Attributes): void }): void => {
      const now = measure.read();
      if (typeof now === 'number') result.observe(now);
      else for (const { value, attributes } of now ?? []) result.observe(value, attributes);
    };
    instrument.addCallback(callback);
    this.#removers.push(() => instrument.removeCallback(callback));
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
