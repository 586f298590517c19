// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { ResolvedConfig } from '@stepseal/processor/config';
import type { HealthReport } from '@stepseal/processor/data';
import { settingsUnder } from './settings-under.ts';

/**
 * Where records are sent: what a running process says, else what is configured here. Origin only, since a path or query
 * may hold what is nobody's business; undefined where nothing is sent.
 */
export function endpointOf(config: ResolvedConfig, health: readonly HealthReport[]): string | undefined {
  const told = health.find(({ endpoint }) => endpoint !== undefined)?.endpoint;
  const value = told ?? settingsUnder(config, 'delivery.').get('delivery.endpoint');
  try {
    return typeof value === 'string' && value !== '' ? new URL(value).origin : undefined;
  } catch {
    return undefined;
  }
}
