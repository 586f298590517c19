// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import {
  type InstallOutcome,
  type KibanaRemoval,
  type KibanaStep,
  type Removal,
  retentionInWords,
  type Step,
} from '@stepseal/elastic';
import type { Line } from './line.ts';
import { columns } from './table.ts';

interface How {
  readonly dryRun: boolean;
  readonly exitCode: number;
}

interface Outcome extends Omit<InstallOutcome, 'steps'> {
  readonly steps: readonly (Step | KibanaStep)[];
}

type Removed = Removal | KibanaRemoval;

export function installLines({ steps, retention, stale }: Outcome, { dryRun, exitCode }: How): Line[] {
  const left = steps.filter(({ did }) => did === 'left out');
  const noLifecycle = left.some(({ kind }) => kind === 'lifecycle policy');
  return [
    ...(dryRun ? ['Nothing is changed; this would be done:', ''] : []),
    ...rows(steps),
    '',
    noLifecycle
      ? `Retention (${retention.words}) is not in force: this Elasticsearch deletes nothing by itself.`
      : retentionInWords(retention),
    ...stale.map(
      ({ name, staleFields }) =>
        `${name}: its present index lacks ${staleFields.length} field(s) of this version; the next index has them (POST /${name}/_rollover).`,
    ),
    ...(left.length > 0 && exitCode !== 0
      ? [`${left.length} left out: exit code 2. With --allow-missing that is no failure.`]
      : []),
  ];
}

export function installJson({ steps, retention, stale }: Outcome, { dryRun, exitCode }: How): unknown {
  return {
    version: 1,
    exitCode,
    dryRun,
    steps,
    retention: { words: retention.words, days: retention.days ?? null },
    stale: stale.map(({ name, staleFields }) => ({ name, fields: staleFields })),
  };
}

export function uninstallLines(removals: readonly Removed[], dryRun: boolean): Line[] {
  return [
    ...(dryRun ? ['Nothing is changed; this would be done, but for what data still uses:', ''] : []),
    ...rows(removals),
    '',
    'Data was not touched.',
  ];
}

export function uninstallJson(removals: readonly Removed[], { dryRun, exitCode }: How): unknown {
  return { version: 1, exitCode, dryRun, removals };
}

function rows(all: readonly (Step | KibanaStep | Removed)[]): Line[] {
  return columns(
    all.map(({ did, kind, name, reason }) => [did, kind, name, ...(reason === undefined ? [] : [reason])]),
  );
}
