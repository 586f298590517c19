// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { ResolvedConfig } from '@stepseal/processor/config';

/** The settings whose dotted keys begin with `prefix`, with their values. */
export function settingsUnder(config: ResolvedConfig, prefix: string): ReadonlyMap<string, unknown> {
  const keys = [...config.origins.keys()].filter((key) => key.startsWith(prefix));
  return new Map(
    keys.map((key) => [key, key.split('.').reduce<unknown>((node, part) => Reflect.get(Object(node), part), config)]),
  );
}
