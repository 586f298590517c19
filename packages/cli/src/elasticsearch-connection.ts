// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Connection, Server } from '@stepseal/elastic';
import { type Call, type Option, textFlag } from './command.ts';
import { CliError } from './errors.ts';

/** Options of every command that asks an Elasticsearch. Secrets come by file or environment: arguments are seen by all. */
export const ELASTICSEARCH_OPTIONS: Readonly<Record<string, Option>> = {
  elasticsearch: { type: 'string', value: 'URL', brief: 'Address; or STEPSEAL_ELASTICSEARCH_URL.' },
  'api-key-file': { type: 'string', value: 'FILE', brief: 'File with an API key; or STEPSEAL_ELASTICSEARCH_API_KEY.' },
  'elasticsearch-user': { type: 'string', value: 'NAME', brief: 'User; or STEPSEAL_ELASTICSEARCH_USER.' },
  'password-file': {
    type: 'string',
    value: 'FILE',
    brief: 'File with the password; or STEPSEAL_ELASTICSEARCH_PASSWORD.',
  },
  'ca-file': {
    type: 'string',
    value: 'FILE',
    brief: "Certificate of the server's authority; or STEPSEAL_ELASTICSEARCH_CA_FILE.",
  },
};

/** The options of a command that reads records from there. */
export const ELASTICSEARCH_SOURCE_OPTIONS: Readonly<Record<string, Option>> = {
  ...ELASTICSEARCH_OPTIONS,
  'data-stream': { type: 'string', value: 'NAME', brief: 'Data stream; default logs-stepseal.audit.otel-*.' },
};

/** Data stream, or pattern of data streams, that a call is about. */
export function dataStreamOf(call: Call): string {
  return textFlag(call, 'data-stream') ?? 'logs-stepseal.audit.otel-*';
}

/** The Elasticsearch that a call names; nothing is asked yet. Throws CliError BAD_ARGUMENT. */
export async function connectTo(call: Call): Promise<Server> {
  const connection = readConnection(call);
  // Not before it is needed: it is large, and does not load on an older Node.
  const { connect } = await import('@stepseal/elastic');
  return asTyped(connect(connection));
}

/** What was typed wrong ends with 64 like any other mistake of the command line. Throws CliError BAD_ARGUMENT. */
export async function asTyped<T>(opening: Promise<T>): Promise<T> {
  try {
    return await opening;
  } catch (error) {
    const wrong = error instanceof Error && 'code' in error && error.code === 'ELASTIC_SETTING_INVALID';
    throw wrong ? new CliError('BAD_ARGUMENT', error.message) : error;
  }
}

/** Where to ask and as whom; a flag comes before a variable. Throws CliError BAD_ARGUMENT. */
export function readConnection(call: Call, env: NodeJS.ProcessEnv = process.env): Connection {
  const variable = (name: string): string | undefined => env[`STEPSEAL_ELASTICSEARCH_${name}`] || undefined;
  const secret = (flag: string, name: string): string | undefined => {
    const file = textFlag(call, flag);
    return file === undefined ? variable(name) : readSecret(flag, resolve(call.cwd, file));
  };
  const url = textFlag(call, 'elasticsearch') ?? variable('URL');
  if (url === undefined) {
    throw new CliError('BAD_ARGUMENT', 'Where is Elasticsearch? Set --elasticsearch or STEPSEAL_ELASTICSEARCH_URL.');
  }
  // Who names a user on the command line means that one, whatever key lies in the environment.
  const named = textFlag(call, 'elasticsearch-user') !== undefined || textFlag(call, 'password-file') !== undefined;
  if (named && textFlag(call, 'api-key-file') !== undefined) {
    throw new CliError('BAD_ARGUMENT', 'Name --api-key-file, or --elasticsearch-user and --password-file, not both.');
  }
  const apiKey = named ? undefined : secret('api-key-file', 'API_KEY');
  const user = textFlag(call, 'elasticsearch-user') ?? variable('USER');
  const password = secret('password-file', 'PASSWORD');
  const caFile = textFlag(call, 'ca-file') ?? variable('CA_FILE');
  return {
    url,
    ...(apiKey === undefined
      ? { ...(user !== undefined && { user }), ...(password !== undefined && { password }) }
      : { apiKey }),
    ...(caFile !== undefined && { caFile: resolve(call.cwd, caFile) }),
  };
}

function readSecret(flag: string, file: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch {
    throw new CliError('BAD_ARGUMENT', `The file of --${flag} cannot be read.`);
  }
  if (text === '') throw new CliError('BAD_ARGUMENT', `The file of --${flag} is empty.`);
  return text;
}
