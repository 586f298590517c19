// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { existsSync, statfsSync } from 'node:fs';
import type { ResolvedConfig } from '@stepseal/processor/config';
import { type HealthReport, listWriters, readHealth } from '@stepseal/processor/data';
import { type Attention, attentionsOf } from './attention.ts';
import { endpointOf } from './endpoint.ts';
import { settingsUnder } from './settings-under.ts';
import { type WriterStatus, writerStatus } from './writer-status.ts';

/** How a data directory stands: read from its files, verified by nothing. */
export interface Status {
  readonly dataDir: string;
  readonly nowMs: number;
  readonly writers: readonly WriterStatus[];
  readonly health: readonly HealthReport[];
  readonly endpoint: string | undefined;
  /** Settings of retention by name, as they apply here. */
  readonly retention: ReadonlyMap<string, unknown>;
  readonly diskFreeBytes: number | undefined;
  readonly attention: readonly Attention[];
  /** 0 in order, 2 something needs attention, 3 nothing there. */
  readonly exitCode: 0 | 2 | 3;
}

export function collectStatus(config: ResolvedConfig, dataDir: string, nowMs: number): Status {
  const health = readHealth(dataDir);
  const endpoint = endpointOf(config, health);
  const writers = listWriters(dataDir).map((listing) => writerStatus(listing, endpoint !== undefined));
  const diskFreeBytes = freeBytes(dataDir);
  const delivering = endpoint !== undefined;
  const attention = attentionsOf({ now: nowMs, writers, health, delivering, diskFreeBytes, dataDir });
  const nothing = writers.length === 0 && health.length === 0;
  return {
    dataDir,
    nowMs,
    writers,
    health,
    endpoint,
    retention: settingsUnder(config, 'retention.'),
    diskFreeBytes,
    attention,
    exitCode: nothing ? 3 : attention.length > 0 ? 2 : 0,
  };
}

function freeBytes(directory: string): number | undefined {
  try {
    if (!existsSync(directory)) return undefined;
    const { bavail, bsize } = statfsSync(directory);
    return bavail * bsize;
  } catch {
    return undefined;
  }
}
