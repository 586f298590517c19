// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { connectKibana, type Kibana } from '@stepseal/elastic';
import { type Call, type Option, textFlag } from './command.ts';
import { readConnection } from './elasticsearch-connection.ts';
import { CliError } from './errors.ts';

/** Options of the commands under `elastic`, which take care of Kibana too where they are told of one. */
export const KIBANA_OPTIONS: Readonly<Record<string, Option>> = {
  kibana: { type: 'string', value: 'URL', brief: 'Kibana too, with the same credentials; or STEPSEAL_KIBANA_URL.' },
  'kibana-space': { type: 'string', value: 'NAME', brief: 'Space; or STEPSEAL_KIBANA_SPACE; default default.' },
};

/** The Kibana that the call names, or undefined. Throws CliError BAD_ARGUMENT, ElasticError ELASTIC_SETTING_INVALID. */
export function readKibana(call: Call, env: NodeJS.ProcessEnv = process.env): Kibana | undefined {
  const url = textFlag(call, 'kibana') ?? (env['STEPSEAL_KIBANA_URL'] || undefined);
  if (url === undefined) {
    if (textFlag(call, 'kibana-space') === undefined) return undefined;
    throw new CliError('BAD_ARGUMENT', 'Where is Kibana? Set --kibana or STEPSEAL_KIBANA_URL.');
  }
  const space = textFlag(call, 'kibana-space') ?? (env['STEPSEAL_KIBANA_SPACE'] || undefined);
  return connectKibana({ ...readConnection(call, env), url }, space);
}
