// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Source, TrustPolicy } from '@stepseal/verifier';
import { type Call, type Option, textFlag } from './command.ts';
import { durationFlag } from './duration.ts';
import { asTyped, dataStreamOf, ELASTICSEARCH_SOURCE_OPTIONS, readConnection } from './elasticsearch-connection.ts';
import { CliError } from './errors.ts';
import { keepMemorySteady } from './steady-memory.ts';

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

const STREAM_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

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

/** Throws CliError BAD_ARGUMENT where options mean nothing without the Elasticsearch that is not named. */
export function checkIndexOptions(call: Call): void {
  if (namesIndex(call)) return;
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
  const deliveryGraceMs = durationFlag(call, 'delivery-grace', '15min');
  const stream = textFlag(call, 'stream');
  if (stream !== undefined && !STREAM_ID.test(stream)) {
    throw new CliError('BAD_ARGUMENT', 'Option --stream needs the id of a stream, as findings and `status` show it.');
  }
  // Not before they are needed: they are large, and do not load on an older Node.
  const { openClient } = await import('@stepseal/elastic');
  const { elasticsearchSource } = await import('@stepseal/verifier/elasticsearch');
  keepMemorySteady();
  const client = await asTyped(openClient(connection));
  const source = elasticsearchSource({
    client,
    dataStream: dataStreamOf(call),
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
