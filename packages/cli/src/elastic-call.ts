// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Server } from '@stepseal/elastic';
import type { Call, Option } from './command.ts';
import { asTyped, connectTo, ELASTICSEARCH_OPTIONS } from './elasticsearch-connection.ts';
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
    server = await connectTo(call);
    return await asTyped(work(server));
  } finally {
    done();
    await server?.close();
  }
}
