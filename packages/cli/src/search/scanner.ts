// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Segment } from '@stepseal/verifier';
import { IdTable } from './id-table.ts';
import { Scan, type ScanJob, type ScanResult } from './scan-job.ts';

/** Below this a thread takes longer to start than to help. */
const WORTH_A_THREAD_BYTES = 48 << 20;
const MOST_THREADS = 8;

/** What a thread is told: the next index of `paths` to read stands in `next`. */
export interface ScanOrder {
  readonly job: ScanJob;
  readonly paths: readonly string[];
  readonly next: SharedArrayBuffer;
}

/** Runs jobs over the same segments, in threads where there is enough to read. */
export class Scanner {
  readonly #segments: readonly Segment[];
  readonly #threads: Worker[] = [];
  #wanted: number;

  constructor(segments: readonly Segment[]) {
    this.#segments = segments;
    this.#wanted = threadsFor(segments);
  }

  async run(job: ScanJob): Promise<ScanResult> {
    if (this.#wanted < 2) return this.#inline(job);
    while (this.#threads.length < this.#wanted) this.#threads.push(startThread());
    const order: ScanOrder = {
      job,
      paths: this.#segments.map(({ name }) => name),
      next: new SharedArrayBuffer(4),
    };
    const parts = await Promise.all(this.#threads.map((thread) => ask(thread, order)));
    return merged(parts, job);
  }

  async close(): Promise<void> {
    this.#wanted = 0;
    await Promise.all(this.#threads.splice(0).map((thread) => thread.terminate()));
  }

  #inline(job: ScanJob): ScanResult {
    const scan = new Scan(job);
    for (const [index, segment] of this.#segments.entries()) scan.add(segment, index);
    return scan.result();
  }
}

function threadsFor(segments: readonly Segment[]): number {
  // What lies in an export was put in order under names that are no paths.
  if (segments.some(({ exportOf }) => exportOf !== undefined)) return 1;
  const bytes = segments.reduce((sum, { name }) => sum + (statSync(name, { throwIfNoEntry: false })?.size ?? 0), 0);
  const worth = Math.min(Math.floor(bytes / WORTH_A_THREAD_BYTES), segments.length);
  return Math.min(worth, availableParallelism(), MOST_THREADS);
}

function startThread(): Worker {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  return new Worker(new URL(`./scan-thread.${extension}`, import.meta.url));
}

function ask(thread: Worker, order: ScanOrder): Promise<ScanResult> {
  let stop = (): void => undefined;
  const answer = new Promise<ScanResult>((resolve, reject) => {
    const ended = (): void => reject(new Error('a thread that reads segments has ended'));
    stop = () => void thread.off('message', resolve).off('error', reject).off('exit', ended);
    thread.once('message', resolve).once('error', reject).once('exit', ended);
    thread.postMessage(order);
  });
  return answer.finally(stop);
}

function merged(parts: readonly ScanResult[], job: ScanJob): ScanResult {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  const table = new IdTable(job.kind === 'lines' ? 0 : job.seed);
  for (const { ids } of parts) table.merge(ids);
  const joined = (name: keyof ScanResult['lines']): Float64Array<ArrayBuffer> => {
    const column = new Float64Array(parts.reduce((sum, { lines }) => sum + lines[name].length, 0));
    let at = 0;
    for (const { lines } of parts) {
      column.set(lines[name], at);
      at += lines[name].length;
    }
    return column;
  };
  return {
    ids: table.rows(),
    lines: {
      segment: joined('segment'),
      offset: joined('offset'),
      length: joined('length'),
      timeMs: joined('timeMs'),
    },
    loose: parts.reduce((sum, { loose }) => sum + loose, 0),
    bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
    unreadable: parts.flatMap(({ unreadable }) => unreadable),
  };
}
