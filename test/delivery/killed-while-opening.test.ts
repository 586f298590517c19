// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { TestWriter, writeOne } from '@stepseal/testkit';
import { expect, test } from 'vitest';
import { arrivedIds, startPipeline, startSink, temporaryDirectory } from './pipelines.ts';

/** What a process leaves that is killed when its newest streams have an open record and no note yet. */
function killedWhileOpening(dataDir: string, deaths: number): string[] {
  const writer = new TestWriter({ label: 'killed/opening', deployment: 'delivery.test' });
  const ids = ['closed'];
  writeOne(writer.start(), 'closed');
  writer.close();
  for (let death = 0; death < deaths; death++) {
    ids.push(`dead-${death}`);
    writeOne(writer.startWithoutNote(), `dead-${death}`);
    writer.crash();
  }
  for (const { path, bytes } of writer.streams) {
    mkdirSync(dirname(join(dataDir, path)), { recursive: true });
    writeFileSync(join(dataDir, path), bytes);
  }
  return ids;
}

test.each([1, 2, 3])(
  'a stream whose open note never came holds up neither itself nor the stream before it (%i in a row)',
  async (deaths) => {
    const dataDir = temporaryDirectory();
    const ids = killedWhileOpening(dataDir, deaths);
    const sink = await startSink();
    const pipeline = startPipeline({ dataDir, delivery: { endpoint: sink.endpoint } });
    pipeline.emit(1, 'new');
    await pipeline.shutdown();
    expect(arrivedIds(sink)).toEqual(expect.arrayContaining([...ids, 'new-0']));
  },
);
