// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Server } from '@stepseal/elastic';
import { type Call, textFlag } from '../command.ts';
import { connectTo, dataStreamOf } from '../elasticsearch-connection.ts';
import { CliError } from '../errors.ts';
import { IndexReader } from './index-reader.ts';

/** The Elasticsearch that a call names; nothing is asked yet. Throws CliError BAD_ARGUMENT. */
export async function openIndexReader(call: Call): Promise<{ readonly server: Server; readonly index: IndexReader }> {
  if (textFlag(call, 'dir') !== undefined) throw new CliError('BAD_ARGUMENT', 'Name --dir or --elasticsearch.');
  const server = await connectTo(call);
  return { server, index: new IndexReader(server, dataStreamOf(call)) };
}
