// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Redelivery, sealedStreams } from '@stepseal/processor/delivery';
import type { Collector, Elasticsearch } from '../../support/parts.ts';
import { arrived } from '../../support/step-ups.ts';

const DEMONSTRATION = fileURLToPath(new URL('../../../../examples/bank/demo.mjs', import.meta.url));

/** Runs the demonstration of the example bank. @returns the directory with its `data` and its `trust.json` */
export function demonstrate(directory: string): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [DEMONSTRATION, '--dir', directory], {
    encoding: 'utf8',
    timeout: 500_000,
  });
  if (status !== 0) throw new Error(`the demonstration failed: ${stdout}${stderr}`);
  return join(directory, 'run-1');
}

/** Sends what is sealed in a data directory to a Collector, and waits until all of it can be searched. */
export async function deliver(dataDir: string, collector: Collector, store: Elasticsearch): Promise<void> {
  const redelivery = new Redelivery({ endpoint: collector.auditEndpoint }, 240_000);
  for (const stream of await sealedStreams(dataDir)) {
    for await (const load of stream.loads()) await redelivery.send(load);
  }
  await redelivery.close();
  const lines = globSync(join(dataDir, 'writers/*/*.ndjson')).flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('{"note"')),
  );
  await arrived(store, lines.length, 'logs-stepseal.audit.otel-*');
}
