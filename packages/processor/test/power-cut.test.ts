// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { FaultyFs } from '@stepseal/testkit';
import { expect, test } from 'vitest';
import { checkTrail, text } from './support/check-trail.ts';
import { endClaims, temporaryDirectory, testPipeline } from './support/test-pipeline.ts';

test('what was acknowledged survives a power cut after any number of records, and the rest is torn off cleanly', async () => {
  for (let records = 1; records <= 40; records++) {
    const directory = temporaryDirectory();
    const files = new FaultyFs(directory);
    const pipeline = testPipeline(directory, { files, seal: { maxRecords: 5 }, roll: { maxBytes: 9_000 } });
    const acknowledged: string[] = [];
    const emitted: string[] = [];
    for (let at = 0; at < records; at++) {
      pipeline.emit(`r${at}`);
      emitted.push(`r${at}`);
      if (at % 4 === records % 4 && (await pipeline.commit())) acknowledged.push(...emitted.slice(acknowledged.length));
    }
    files.powerCut('.ndjson');
    endClaims(directory);
    await testPipeline(directory, { files: new FaultyFs(directory) }).shutdown();
    const ids = checkTrail(directory).events.map((event) => text(event, 'step_up.id'));
    expect(ids).toEqual(emitted.slice(0, ids.length));
    expect(ids.length).toBeGreaterThanOrEqual(acknowledged.length);
  }
});
