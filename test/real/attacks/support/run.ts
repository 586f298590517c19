// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { openClient } from '@stepseal/elastic';
import {
  type CheckName,
  memorySource,
  parseKnownHeads,
  parseTrustPolicy,
  type Report,
  type Source,
  verify,
} from '@stepseal/verifier';
import { elasticsearchSource } from '@stepseal/verifier/elasticsearch';
import type { Elasticsearch } from '../../support/parts.ts';
import type { View } from './variant.ts';

/** What every verification is told. */
export interface Shown extends View {
  readonly dataStream: string;
  readonly trust: string;
  readonly now: number;
}

/** Password of every user of the suite but the administrator. */
export const PASSWORD = 'of-the-attack-suite';

/** Verifies what the store holds, as a library; `disable` switches checks off. */
export async function runOnStore(
  { url, password }: Elasticsearch,
  shown: Shown,
  disable: ReadonlySet<CheckName> = new Set(),
): Promise<Report> {
  const { user, dataStream, deliveryGraceMs, segments, knownHeads, now } = shown;
  const as = user === undefined ? { user: 'elastic', password } : { user, password: PASSWORD };
  const client = await openClient({ url, ...as });
  const trust = parseTrustPolicy(shown.trust);
  const index = elasticsearchSource({ client, dataStream, trust, deliveryGraceMs });
  const sources: Source[] = [index, ...(segments === undefined ? [] : [memorySource(segments)])];
  try {
    return await verify({
      sources,
      trust,
      now,
      disable,
      ...(knownHeads === undefined ? {} : { knownHeads: parseKnownHeads(knownHeads) }),
    });
  } finally {
    await index.dispose?.();
    await client.close();
  }
}
