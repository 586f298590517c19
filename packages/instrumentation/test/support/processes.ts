// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemProcessTable } from '@stepseal/processor';
import type { SharedCeremonies } from '../../src/ceremony/set-up.ts';
import type { StepUpInstrumentationConfig } from '../../src/types.ts';
import { type Recorder, record } from './recorder.ts';

/** Captures of several processes that share a data directory. One of them watches at a time. */
export class Processes {
  readonly dataDir: string = mkdtempSync(join(tmpdir(), 'stepseal-shared-'));
  readonly all: Recorder[] = [];

  /** Starts another one, which watches from now on. */
  start(config: Partial<StepUpInstrumentationConfig> = {}, shared: Partial<SharedCeremonies> = {}): Recorder {
    const ceremony = {
      ...config.ceremony,
      shared: { dataDir: this.dataDir, processes: systemProcessTable(), ...shared },
    };
    const recorder = record({ ...config, ceremony });
    this.all.push(recorder);
    this.watch(recorder);
    return recorder;
  }

  watch(recorder: Recorder): void {
    for (const other of this.all) other.capture.close();
    recorder.capture.open();
  }

  /** Names of the events of all processes, without their prefix. */
  told(): string[] {
    return this.all.flatMap(({ records }) => records.map(({ eventName }) => eventName.replace('step_up.', '')));
  }
}
