// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { KeyObject } from 'node:crypto';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Report } from './diagnostics.ts';

/** What the signing thread is asked for. */
export type SigningRequest =
  | { readonly kind: 'opened'; readonly streamId: string; readonly path: string; readonly key: KeyObject }
  | { readonly kind: 'note'; readonly streamId: string; readonly size: number; readonly root: string };

/** Its answer to each note. */
export interface SigningAnswer {
  readonly signed: boolean;
  readonly problem?: string;
}

/** Nothing waits longer than this for its signatures: it goes without. */
const PATIENCE_MS = 5_000;

/**
 * Signatures of single records, made by a thread of their own from the segment's file: the event loop only passes on that
 * a note is there. The key stays within the process. What fails here costs signatures and nothing else.
 */
export class RecordSignatures {
  readonly #report: Report;
  #worker: Worker | undefined;
  /** Those who wait for the signatures of a note, in order of notes. */
  #waiting: (() => void)[] = [];
  #idle: (() => void)[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(report: Report) {
    this.#report = report;
  }

  /** A stream has its file, still empty. */
  opened(streamId: string, path: string, key: KeyObject): void {
    try {
      this.#worker ??= this.#start();
      this.#worker.postMessage({ kind: 'opened', streamId, path, key } satisfies SigningRequest);
    } catch (error) {
      this.#giveUp('the thread that signs records does not start', error);
    }
  }

  /**
   * The note over the records up to `size` is in the file.
   *
   * @param root of their tree, in base64: what the writer has in memory says what may be signed
   * @param then is called when the signatures are in their file, or will not be made
   */
  noteWritten(streamId: string, size: number, root: string, then: () => void): void {
    const worker = this.#worker;
    if (worker === undefined) {
      then();
      return;
    }
    worker.postMessage({ kind: 'note', streamId, size, root } satisfies SigningRequest);
    this.#waiting.push(then);
    // The process does not end between a note and its signatures, unless it is told to.
    worker.ref();
    if (this.#timer === undefined) this.#await();
  }

  /** Resolves when nothing waits for signatures. */
  async settled(): Promise<void> {
    if (this.#waiting.length > 0) await new Promise<void>((done) => this.#idle.push(done));
  }

  /** Ends the thread. */
  async shutdown(): Promise<void> {
    await this.settled();
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }

  #start(): Worker {
    // Built, this is JavaScript; under a test runner it may be TypeScript, and so is its neighbour.
    const script = new URL(`./record-signature-worker${extname(import.meta.url)}`, import.meta.url);
    // Neither options nor variables are handed down: what they preload into threads would seal there too.
    const worker = new Worker(script, { execArgv: [], env: {}, name: 'stepseal-record-signatures' });
    worker.unref();
    worker.on('message', (answer: SigningAnswer) => this.#answered(worker, answer));
    worker.on('error', (error) => this.#lost(worker, error));
    worker.on('exit', () => this.#lost(worker));
    return worker;
  }

  #answered(worker: Worker, answer: SigningAnswer): void {
    if (worker !== this.#worker) return;
    if (answer.problem !== undefined) this.#say(answer.problem);
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waiting.shift()?.();
    if (this.#waiting.length > 0) this.#await();
    else this.#rest();
  }

  #await(): void {
    const problem = 'the thread that signs records does not answer';
    this.#timer = setTimeout(() => this.#giveUp(problem), PATIENCE_MS).unref();
  }

  #lost(worker: Worker, error?: unknown): void {
    if (worker === this.#worker) this.#giveUp('the thread that signs records has ended', error);
  }

  /** Until the next stream opens, records go without. */
  #giveUp(problem: string, cause?: unknown): void {
    const worker = this.#worker;
    this.#worker = undefined;
    this.#say(problem, cause);
    void worker?.terminate();
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const then of this.#waiting.splice(0)) then();
    this.#rest();
  }

  #rest(): void {
    this.#worker?.unref();
    for (const done of this.#idle.splice(0)) done();
  }

  #say(problem: string, cause?: unknown): void {
    this.#report('RECORDS_UNSIGNED', `records of this stream go without a signature: ${problem}`, cause);
  }
}
