// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { parseTrustPolicy, verify } from '@stepseal/verifier';
import { elasticsearchSource } from '@stepseal/verifier/elasticsearch';
import { bareClient, STREAM } from './server.mjs';

/** Verifies the whole data stream. @returns how many records; throws unless all are proved */
export async function verifyIndex(policy) {
  const client = bareClient();
  const trust = parseTrustPolicy(policy);
  const source = elasticsearchSource({ client, dataStream: STREAM, trust });
  try {
    const { grade, records, findings } = await verify({ sources: [source], trust });
    if (grade !== 'SEALED') throw new Error(`the index is ${grade}: ${JSON.stringify(findings.slice(0, 3))}`);
    return records;
  } finally {
    await source.dispose?.();
    await client.close();
  }
}
