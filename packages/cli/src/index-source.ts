// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Source, TrustPolicy } from '@stepseal/verifier';
import { type Call, type Option, textFlag } from './command.ts';
import { ELASTICSEARCH_SOURCE_OPTIONS, readConnection } from './elasticsearch-connection.ts';
import { CliError } from './errors.ts';

/** Options of a command that verifies what Elasticsearch holds. */
export const INDEX_OPTIONS: Readonly<Record<string, Option>> = {
  ...ELASTICSEARCH_SOURCE_OPTIONS,
  stream: { type: 'string', value: 'ID', brief: 'Of Elasticsearch, this stream only.' },
  'delivery-grace': {
    type: 'string',
    value: 'TIME',
    brief: 'How long a record may take to reach Elasticsearch, such as 2h; default 15min.',
  },
};

const STREAM_PATTERN = 'logs-stepseal.audit.otel-*';
const STREAM_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const DURATION = /^(\d{1,6})(s|min|m|h|d)$/;
const UNITS_MS: Readonly<Record<string, number>> = { s: 1_000, min: 60_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

export interface IndexChoices {
  readonly trust: TrustPolicy | undefined;
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  readonly recordSignatures?: boolean;
  /** These streams only. */
  readonly streams?: readonly string[] | undefined;
}

/** Whether the call asks for Elasticsearch: the flag does, a variable alone does not. */
export function namesIndex(call: Call): boolean {
  return textFlag(call, 'elasticsearch') !== undefined;
}

/** Throws CliError BAD_ARGUMENT where paths are named too, or options that mean nothing without an Elasticsearch. */
export function checkIndexOptions(call: Call): void {
  if (namesIndex(call)) {
    if (call.arguments.length > 0) throw new CliError('BAD_ARGUMENT', 'Name paths or --elasticsearch, not both.');
    return;
  }
  const lost = Object.keys(INDEX_OPTIONS).find((flag) => call.flags[flag] !== undefined);
  if (lost !== undefined) throw new CliError('BAD_ARGUMENT', `Option --${lost} needs --elasticsearch.`);
}

/**
 * The documents of the Elasticsearch that the call names. Throws CliError BAD_ARGUMENT.
 *
 * @returns a source, which closes its connection when it is disposed of
 */
export async function openIndex(call: Call, choices: IndexChoices): Promise<Source> {
  const connection = readConnection(call);
  const deliveryGraceMs = readDuration(call, 'delivery-grace');
  const stream = textFlag(call, 'stream');
  if (stream !== undefined && !STREAM_ID.test(stream)) {
    throw new CliError('BAD_ARGUMENT', 'Option --stream needs the id of a stream, as findings and `status` show it.');
  }
  // Not before they are needed: they are large, and do not load on an older Node.
  const { ElasticError, openClient } = await import('@stepseal/elastic');
  const { elasticsearchSource } = await import('@stepseal/verifier/elasticsearch');
  const client = await openClient(connection).catch((error: unknown) => {
    // What was typed wrong ends with 64 like any other mistake of the command line.
    if (error instanceof ElasticError && error.code === 'ELASTIC_SETTING_INVALID') {
      throw new CliError('BAD_ARGUMENT', error.message);
    }
    throw error;
  });
  const dataStream = textFlag(call, 'data-stream') ?? STREAM_PATTERN;
  const source = elasticsearchSource({
    client,
    dataStream,
    deliveryGraceMs,
    stream,
    ...choices,
  });
  return {
    ...source,
    /** Known only once it was read. */
    get complete() {
      return source.complete;
    },
    async dispose() {
      await source.dispose?.();
      await client.close();
    },
  };
}

function readDuration(call: Call, flag: string): number | undefined {
  const text = textFlag(call, flag);
  if (text === undefined) return undefined;
  const [, count, unit = ''] = DURATION.exec(text) ?? [];
  if (count !== undefined) return Number(count) * (UNITS_MS[unit] ?? 0);
  throw new CliError('BAD_ARGUMENT', `Option --${flag} needs a duration: 30s, 15min, 2h.`);
}
