// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { parentPort } from 'node:worker_threads';
import { segmentSource } from '@stepseal/verifier';
import { Scan, type ScanResult } from './scan-job.ts';
import type { ScanOrder } from './scanner.ts';

// One of the threads that share the segments of a job: each takes the next one when it is done with its last.
parentPort?.on('message', (order: ScanOrder) => void scanSome(order));

async function scanSome({ job, paths, next }: ScanOrder): Promise<void> {
  const counter = new Int32Array(next);
  const scan = new Scan(job);
  for (let index = Atomics.add(counter, 0, 1); index < paths.length; index = Atomics.add(counter, 0, 1)) {
    const [segment] = await segmentSource(paths[index] ?? '').segments();
    if (segment !== undefined) scan.add(segment, index);
  }
  const result = scan.result();
  parentPort?.postMessage(result, columnsOf(result));
}

function columnsOf({ ids, lines }: ScanResult): ArrayBuffer[] {
  return [...Object.values(ids), ...Object.values(lines)].map(({ buffer }) => buffer);
}
