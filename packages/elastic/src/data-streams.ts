// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { differences } from './compare.ts';
import { isUnsupported, refusal, type Server } from './connect.ts';
import { objectAt, objectsAt, textAt } from './json.ts';
import { mappings } from './mappings.ts';
import { DATA_STREAM, STREAM_PATTERN } from './names.ts';

export interface DataStream {
  readonly name: string;
  readonly indices: readonly string[];
  /** Undefined where the credentials may not count. */
  readonly documents: number | undefined;
  /** Fields that the index being written has otherwise, or not at all: it was made before them. */
  readonly staleFields: readonly string[];
}

/** The data streams that the templates are for, as far as these credentials see them. @throws ElasticError */
export async function dataStreams(server: Server): Promise<DataStream[]> {
  const answer = await server.request('GET', `/_resolve/index/${STREAM_PATTERN}`);
  if (answer.status === 404) return [];
  if (answer.status !== 200) throw refusal(`look for data streams ${STREAM_PATTERN}`, answer);
  const found: DataStream[] = [];
  for (const stream of objectsAt(answer.body, 'data_streams')) {
    const name = textAt(stream, 'name');
    const indices = [stream['backing_indices']].flat().map(String);
    const count = await server.request('GET', `/${name}/_count`);
    found.push({
      name,
      indices,
      documents: count.status === 200 ? Number(objectAt(count.body)?.['count']) : undefined,
      staleFields: await staleFields(server, indices.at(-1) ?? name),
    });
  }
  return found;
}

async function staleFields(server: Server, index: string): Promise<string[]> {
  const answer = await server.request('GET', `/${index}/_mapping`);
  const found = answer.status === 200 ? objectAt(answer.body, index, 'mappings') : undefined;
  if (found === undefined) return [];
  // An object with members has its type said or not, at the server's choice.
  const changed = differences(mappings(), found).filter(
    ({ path, wanted }) => wanted !== undefined && wanted !== 'object' && path !== '',
  );
  return [
    ...new Set(
      changed.map(({ path }) => path.replaceAll(/\bproperties\./g, '').replace(/\.(type|\w+_\w+|index|norms)$/, '')),
    ),
  ];
}

/**
 * Makes the stream that the Collector's fragment writes to, so that its writer need not be able to.
 *
 * @returns what was done, or `unsupported`
 * @throws ElasticError
 */
export async function makeDataStream(server: Server, dryRun: boolean): Promise<'created' | 'unsupported'> {
  const asked = await server.request('GET', `/_data_stream/${DATA_STREAM}`);
  if (isUnsupported(asked)) return 'unsupported';
  if (dryRun) return 'created';
  const answer = await server.request('PUT', `/_data_stream/${DATA_STREAM}`);
  if (answer.status !== 200) throw refusal(`make the data stream ${DATA_STREAM}`, answer);
  return 'created';
}
