// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { InspectedAsset, InspectedKibanaAsset } from '@stepseal/elastic';
import { type Line, styled } from './line.ts';

type Inspected = InspectedAsset | InspectedKibanaAsset;

export function elasticDiffLines(assets: readonly Inspected[]): Line[] {
  const told = assets.filter(({ state }) => state !== 'same').flatMap(assetLines);
  return told.length === 0 ? ['No difference.'] : told;
}

function assetLines({ kind, name, state, differences, reason, version }: Inspected): Line[] {
  const head = [styled('strong', `${kind} ${name}`)];
  if (state === 'absent') return [[...head, ': not installed']];
  if (state === 'foreign') return [[...head, ': not made by Stepseal, not compared']];
  if (state === 'newer') return [[...head, `: of version ${version}, newer than this command, not compared`]];
  if (state === 'unsupported') return [[...head, `: cannot be compared: ${reason}`]];
  return [
    head,
    ...differences.flatMap(({ path, found, wanted }): Line[] => [
      ...(found === undefined ? [] : [[styled('bad', `  - ${path}: ${found}`)]]),
      ...(wanted === undefined ? [] : [[styled('good', `  + ${path}: ${wanted}`)]]),
    ]),
  ];
}

/** As documented in docs/commands/elastic.md. */
export function elasticDiffJson(assets: readonly Inspected[], exitCode: number): unknown {
  return {
    version: 1,
    exitCode,
    assets: assets.map(({ kind, name, state, differences, reason }) => ({
      kind,
      name,
      state,
      differences: differences.map(({ path, wanted, found }) => ({
        path,
        wanted: wanted ?? null,
        found: found ?? null,
      })),
      reason: reason ?? null,
    })),
  };
}
