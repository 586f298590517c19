// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import {
  type DataStream,
  type InspectedAsset,
  type InspectedKibanaAsset,
  type Inspection,
  retentionInWords,
} from '@stepseal/elastic';
import type { Line } from './line.ts';
import { columns } from './table.ts';

type Inspected = InspectedAsset | InspectedKibanaAsset;

interface ElasticStatus extends Omit<Inspection, 'assets'> {
  readonly assets: readonly Inspected[];
  readonly streams: readonly DataStream[];
}

export function elasticStatusLines({ assets, retention, rivals, streams }: ElasticStatus): Line[] {
  const lifecycle = assets.find(({ kind }) => kind === 'lifecycle policy')?.state;
  return [
    ...columns(assets.map((asset) => [stateWords(asset), asset.kind, asset.name, asset.reason ?? ''])),
    ...rivals.map((name) => `in the way  index template of others with the same or a higher priority: ${name}`),
    '',
    lifecycle === 'same' || lifecycle === 'different'
      ? retentionInWords(retention)
      : 'No retention is in force: nothing is deleted by Elasticsearch itself.',
    '',
    ...(streams.length === 0 ? ['No data stream yet: the first record makes it.'] : columns(streams.map(streamRow))),
  ];
}

function stateWords({ state, version, differences }: Inspected): string {
  if (state === 'same') return `version ${version}`;
  if (state === 'different') return `version ${version}, ${differences.length} difference(s)`;
  if (state === 'newer') return `version ${version}, newer than this command`;
  return { absent: 'not installed', foreign: 'not made by Stepseal', unsupported: 'cannot be told' }[state];
}

function streamRow({ name, indices, documents, staleFields }: DataStream): string[] {
  const count = documents === undefined ? 'documents may not be counted' : `${documents} document(s)`;
  const stale = staleFields.length === 0 ? '' : `${staleFields.length} field(s) older than the template`;
  return [name, `${indices.length} index(es)`, count, stale];
}

/** As documented in docs/commands/elastic.md. */
export function elasticStatusJson({ assets, retention, rivals, streams }: ElasticStatus, exitCode: number): unknown {
  return {
    version: 1,
    exitCode,
    assets: assets.map(({ kind, name, state, version, differences, reason }) => ({
      kind,
      name,
      state,
      version: version ?? null,
      differences: differences.length,
      reason: reason ?? null,
    })),
    retention: { words: retention.words, days: retention.days ?? null },
    rivals,
    streams: streams.map(({ documents, ...stream }) => ({ ...stream, documents: documents ?? null })),
  };
}
