// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Redelivery, sealedStreams } from '@stepseal/processor/delivery';
import type { Collector, Elasticsearch } from '../../support/parts.ts';

const DEMONSTRATION = fileURLToPath(new URL('../../../../examples/bank/demo.mjs', import.meta.url));

/** Runs the demonstration of the example bank. @returns the directory with its `data` and its `trust.json` */
export function demonstrate(directory: string): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [DEMONSTRATION, '--dir', directory], {
    encoding: 'utf8',
    timeout: 180_000,
  });
  if (status !== 0) throw new Error(`the demonstration failed: ${stdout}${stderr}`);
  return join(directory, 'run-1');
}

/** Sends what is sealed in a data directory to a Collector, and waits until all of it can be searched. */
export async function deliver(dataDir: string, collector: Collector, store: Elasticsearch): Promise<void> {
  const redelivery = new Redelivery({ endpoint: collector.auditEndpoint }, 30_000);
  for (const stream of await sealedStreams(dataDir)) {
    for await (const load of stream.loads()) await redelivery.send(load);
  }
  await redelivery.close();
  const lines = globSync(join(dataDir, 'writers/*/*.ndjson')).flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('{"note"')),
  );
  await searchable(store, lines.length);
}

/** Waits until so many documents can be searched. */
async function searchable(store: Elasticsearch, count: number): Promise<void> {
  for (let tries = 0; ; tries++) {
    await store.call('POST', '/logs-stepseal.audit.otel-*/_refresh');
    const { body } = await store.call('GET', '/logs-stepseal.audit.otel-*/_count');
    const found = (body as { count?: number }).count ?? 0;
    if (found === count) return;
    if (tries > 200) throw new Error(`${found} documents came, not ${count}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
