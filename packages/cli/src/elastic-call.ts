// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { connect, ElasticError, type Server } from '@stepseal/elastic';
import type { Call, Option } from './command.ts';
import { ELASTICSEARCH_OPTIONS, readConnection } from './elasticsearch-connection.ts';
import { CliError } from './errors.ts';
import { KIBANA_OPTIONS } from './kibana-call.ts';

/** Options of the commands under `elastic` that may change the server. */
export const CHANGE_OPTIONS: Readonly<Record<string, Option>> = {
  'dry-run': { type: 'boolean', brief: 'Only say what would be done.' },
  'without-roles': { type: 'boolean', brief: 'Leave roles out: they are managed elsewhere.' },
  json: { type: 'boolean', brief: 'Print JSON.' },
  ...ELASTICSEARCH_OPTIONS,
  ...KIBANA_OPTIONS,
};

/** Runs one piece of work on the server that the call names, and lets go of it. */
export async function withElasticsearch<T>(call: Call, what: string, work: (server: Server) => Promise<T>): Promise<T> {
  const done = call.terminal.progress(what);
  let server: Server | undefined;
  try {
    server = await connect(readConnection(call));
    return await work(server);
  } catch (error) {
    // What was typed wrong ends with 64 like any other mistake of the command line.
    if (error instanceof ElasticError && error.code === 'ELASTIC_SETTING_INVALID') {
      throw new CliError('BAD_ARGUMENT', error.message);
    }
    throw error;
  } finally {
    done();
    await server?.close();
  }
}
