// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { MeterProvider } from '@opentelemetry/api';
import type { Clock } from './clock.ts';
import type { HealthFacts } from './health.ts';
import { type Measure, MeterBinding } from './meter-binding.ts';
import { SOFTWARE_VERSION } from './version.ts';

const SCOPE = '@stepseal/processor';

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
 * Shows the counts of sealing as OpenTelemetry metrics.
 *
 * @param given Default the provider that is registered globally, whenever that is
 */
export function sealingMetrics(read: () => HealthFacts, clock: Clock, given: MeterProvider | undefined): MeterBinding {
  const age = (sinceMs: number | undefined): number | undefined =>
    sinceMs === undefined ? undefined : Math.max(0, clock.wallMs() - sinceMs) / 1000;
  const counters = COUNTERS.map(
    ([name, fact, description]): Measure => ({
      name,
      kind: 'counter',
      unit: '{record}',
      description,
      read: () => read()[fact],
    }),
  );
  const queue: Measure = {
    name: 'stepseal.queue.age',
    kind: 'gauge',
    unit: 's',
    description: 'Age of the oldest sealed record that waits for the receiver; 0 when none.',
    read: () => age(read().oldestUndeliveredMs) ?? 0,
  };
  const seal: Measure = {
    name: 'stepseal.seal.age',
    kind: 'gauge',
    unit: 's',
    description: 'Time since the newest note of the live stream.',
    read: () => age(read().lastNoteMs),
  };
  return new MeterBinding(SCOPE, SOFTWARE_VERSION, [...counters, queue, seal], given);
}
