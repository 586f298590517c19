// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { connect, ElasticError, type Server, STREAM_PATTERN } from '@stepseal/elastic';
import { type Call, textFlag } from '../command.ts';
import { readConnection } from '../elasticsearch-connection.ts';
import { CliError } from '../errors.ts';
import { IndexReader } from './index-reader.ts';

/** The Elasticsearch that a call names; nothing is asked yet. Throws CliError BAD_ARGUMENT. */
export async function openIndexReader(call: Call): Promise<{ readonly server: Server; readonly index: IndexReader }> {
  if (textFlag(call, 'dir') !== undefined) throw new CliError('BAD_ARGUMENT', 'Name --dir or --elasticsearch.');
  const server = await connect(readConnection(call)).catch((error: unknown) => {
    // What was typed wrong ends with 64 like any other mistake of the command line.
    if (error instanceof ElasticError && error.code === 'ELASTIC_SETTING_INVALID')
      throw new CliError('BAD_ARGUMENT', error.message);
    throw error;
  });
  return { server, index: new IndexReader(server, textFlag(call, 'data-stream') ?? STREAM_PATTERN) };
}
