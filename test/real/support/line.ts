// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { installed } from './installed.ts';
import { type Collector, collectorWithFragment, type Elasticsearch, elasticsearch } from './parts.ts';

/** An Elasticsearch with the index template, and a Collector before it. */
export interface RealLine {
  readonly store: Elasticsearch;
  readonly collector: Collector;
  stop(): Promise<void>;
}

/** @param roles descriptors by name, for users that are added */
export async function realLine(roles: Readonly<Record<string, object>> = {}): Promise<RealLine> {
  const store = await elasticsearch(roles);
  await installed(store);
  const collector = await collectorWithFragment(store);
  return {
    store,
    collector,
    stop: async () => {
      await collector.stop();
      await store.stop();
    },
  };
}
