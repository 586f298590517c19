// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { join } from 'node:path';
import { threadId } from 'node:worker_threads';
import type { Clock } from './clock.ts';
import { HEALTH_FOLDER, type HealthReport, type InstrumentedLibrary } from './data/health-report.ts';
import type { SealingErrorCode } from './errors.ts';
import type { FileSystem } from './file-system.ts';
import { replaceFile } from './replace-file.ts';

/** How often it is written. Whoever reads it takes a thread for hanging that has missed three. */
const WRITE_EVERY_MS = 5_000;
/** A problem is told for so long after it was last seen. */
const PROBLEM_MS = 600_000;
/** A file that nobody has touched for this long is of a process that was killed. */
const STALE_MS = 600_000;

const OURS = /^\d+-\d+\.json(\.new)?$/;

const DIRECTORY_MODE = 0o750;
const FILE_MODE = 0o640;

/** What capture knows of itself. */
export interface CaptureFacts {
  readonly instrumented?: readonly InstrumentedLibrary[];
  /** Such as `records` and `unknownUser`. */
  readonly counts?: Readonly<Record<string, number>>;
}

/** What the file says besides process, thread and times. */
export type HealthFacts = Omit<
  HealthReport,
  'path' | 'pid' | 'threadId' | 'startedMs' | 'updatedMs' | 'problems' | 'instrumented' | 'counts'
>;

export interface HealthParts {
  readonly dataDir: string;
  readonly files: FileSystem;
  readonly clock: Clock;
  readonly read: () => HealthFacts;
}

/**
 * `health/<pid>-<thread>.json` in the data directory: what probes and `stepseal status` read. It is no evidence. Failing
 * to write it stops nothing, and shows by itself: it grows old.
 */
export class HealthFile {
  readonly #parts: HealthParts;
  readonly #startedMs: number;
  readonly #problems = new Map<SealingErrorCode, number>();
  #path: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #state = '';
  #capture: () => CaptureFacts = () => ({});

  constructor(parts: HealthParts) {
    this.#parts = parts;
    this.#startedMs = parts.clock.wallMs();
  }

  /** Writes it now and every five seconds from now on; never keeps the process alive. */
  start(): void {
    if (this.#timer !== undefined) return;
    this.#removeStale();
    this.write();
    this.#timer = setInterval(() => this.write(), WRITE_EVERY_MS).unref();
  }

  /** The thread ends in order: there is nothing to probe any more. */
  remove(): void {
    clearInterval(this.#timer);
    if (this.#timer === undefined || this.#path === undefined) return;
    this.#timer = undefined;
    quietly(() => this.#parts.files.unlinkSync(this.#path as string));
  }

  /** Capture is asked each time the file is written. */
  describe(capture: () => CaptureFacts): void {
    this.#capture = capture;
  }

  /** Something went wrong. A change of state is written at once, or a probe would learn of it five seconds late. */
  problem(code: SealingErrorCode): void {
    this.#problems.set(code, this.#parts.clock.wallMs());
    if (this.#timer === undefined) return;
    setImmediate(() => {
      if (this.#timer !== undefined && this.#parts.read().state !== this.#state) this.write();
    }).unref();
  }

  write(): void {
    quietly(() => {
      const { files, dataDir, clock } = this.#parts;
      const folder = join(dataDir, HEALTH_FOLDER);
      if (this.#path === undefined) files.mkdirSync(folder, { recursive: true, mode: DIRECTORY_MODE });
      // A process that began as a copy of another one has its own.
      this.#path = join(folder, `${process.pid}-${threadId}.json`);
      const facts = this.#parts.read();
      const { instrumented = [], counts = {} } = this.#capture();
      const updatedMs = clock.wallMs();
      const text = JSON.stringify({
        version: 1,
        pid: process.pid,
        threadId,
        startedMs: this.#startedMs,
        updatedMs,
        ...facts,
        instrumented,
        counts,
        problems: this.#problemsAt(updatedMs),
      });
      replaceFile(files, this.#path, Buffer.from(`${text}\n`), FILE_MODE);
      this.#state = facts.state;
    });
  }

  #problemsAt(nowMs: number): SealingErrorCode[] {
    for (const [code, at] of this.#problems) if (Math.abs(nowMs - at) > PROBLEM_MS) this.#problems.delete(code);
    return [...this.#problems.keys()];
  }

  #removeStale(): void {
    const { files, dataDir, clock } = this.#parts;
    quietly(() => {
      const folder = join(dataDir, HEALTH_FOLDER);
      for (const name of files.readdirSync(folder).filter((name) => OURS.test(name))) {
        const path = join(folder, name);
        quietly(() => {
          if (clock.wallMs() - files.statSync(path).mtimeMs > STALE_MS) files.unlinkSync(path);
        });
      }
    });
  }
}

function quietly(act: () => void): void {
  try {
    act();
  } catch {}
}
