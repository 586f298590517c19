// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createKeys } from '@stepseal/processor/keys';
import { directorySource, parseTrustPolicy, type Report, readRecords, verify } from '@stepseal/verifier';

const FIXTURE = fileURLToPath(new URL('fixtures/emitter.mjs', import.meta.url));
const DEPLOYMENT = 'crash.test';

/** What one emitter is told. */
export interface Job {
  readonly tag: string;
  readonly records: number;
  readonly end?: 'shutdown' | 'exit';
  readonly workers?: number;
  /** Does not end before this file exists. */
  readonly until?: string;
  readonly rollBytes?: number;
  /** Dies by itself at the `calls`-th file system call after the point, which counts from the `after`-th line on. */
  readonly killAt?: { readonly point: string; readonly after: number; readonly calls: number };
}

/** A data directory with its key, and the files in which emitters write what they have emitted. */
export class CrashSite {
  readonly root: string = mkdtempSync(join(tmpdir(), 'stepseal-crash-'));
  readonly dataDir: string = join(this.root, 'data');
  readonly #reportDir = join(this.root, 'reports');
  readonly #vkey: string;

  constructor() {
    mkdirSync(this.#reportDir);
    this.#vkey = createKeys(join(this.root, 'keys')).signer(DEPLOYMENT).vkey;
  }

  start(job: Job): ChildProcess {
    const whole = {
      deployment: DEPLOYMENT,
      dataDir: this.dataDir,
      reportDir: this.#reportDir,
      identityFile: join(this.root, 'keys', 'identity.pem'),
      ...job,
    };
    return spawn(process.execPath, [FIXTURE, JSON.stringify(whole)], { stdio: ['ignore', 'ignore', 'inherit'] });
  }

  /** Ids emitted so far: all of them, or those of one emitter. */
  reported(tag?: string): string[] {
    const files = tag === undefined ? readdirSync(this.#reportDir) : [tag];
    return files.flatMap((file) => readFileSync(join(this.#reportDir, file), 'utf8').split('\n').slice(0, -1));
  }

  /** Number of ids reported by one emitter so far, without reading them: all have the same length. */
  reportedLines(tag: string): number {
    const bytes = statSync(join(this.#reportDir, tag), { throwIfNoEntry: false })?.size ?? 0;
    return bytes / reportLine(tag, 0).length;
  }

  verify(): Promise<Report> {
    const trust = {
      version: 1,
      deployments: { [DEPLOYMENT]: { identities: [this.#vkey], collectors: [], overrides: [] } },
    };
    return verify({ sources: [directorySource(this.dataDir)], trust: parseTrustPolicy(JSON.stringify(trust)) });
  }

  /** The `step_up.id` of every record in the directory. */
  async recordedIds(): Promise<string[]> {
    const ids: string[] = [];
    for await (const { payload } of readRecords(directorySource(this.dataDir))) {
      const id = payload.attributes.get('step_up.id');
      if (id?.type === 'string') ids.push(id.value);
    }
    return ids;
  }

  /** Open records of all streams: the cause each one gives for its predecessor's end. */
  async causes(): Promise<string[]> {
    const causes: string[] = [];
    for await (const { payload } of readRecords(directorySource(this.dataDir))) {
      const cause = payload.attributes.get('stepseal.predecessor.cause');
      if (cause?.type === 'string') causes.push(cause.value);
    }
    return causes;
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** Resolves when the emitter is gone, with the signal that ended it, or its exit code. */
export function ended(child: ChildProcess): Promise<string | number | null> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ?? code));
  });
}

/** As the emitter writes it. */
function reportLine(tag: string, number: number): string {
  return `${tag}-${String(number).padStart(9, '0')}\n`;
}
