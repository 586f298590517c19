// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { dataStreams, inspect, inspectKibana } from '@stepseal/elastic';
import type { Command } from '../command.ts';
import { withElasticsearch } from '../elastic-call.ts';
import { ELASTICSEARCH_OPTIONS } from '../elasticsearch-connection.ts';
import { KIBANA_OPTIONS, readKibana } from '../kibana-call.ts';
import { elasticStatusJson, elasticStatusLines } from '../render/elastic-status.ts';

export const elasticStatusCommand: Command = {
  usage: 'elastic status [--kibana URL] [--json]',
  about: [
    'Shows what of Stepseal is installed in Elasticsearch, of which version, how long records are kept, and the data streams',
    'with their documents. It only reads.',
    'Exit codes: 0 in order, 2 something is missing, different, or cannot be told, 3 cannot be asked, 64 usage.',
  ],
  examples: [
    'stepseal elastic status --elasticsearch https://localhost:9200 --elasticsearch-user elastic # the password is in the environment',
    "stepseal elastic status --json | jq '.streams[].documents' # for a script",
  ],
  options: {
    'without-roles': { type: 'boolean', brief: 'Leave roles out: they are managed elsewhere.' },
    json: { type: 'boolean', brief: 'Print JSON.' },
    ...ELASTICSEARCH_OPTIONS,
    ...KIBANA_OPTIONS,
  },
  settings: [],
  maxArguments: 0,
  async run(call) {
    const withoutRoles = call.flags['without-roles'] === true;
    const status = await withElasticsearch(call, 'Asking', async (server) => {
      const kibana = readKibana(call);
      const found = await inspect(server, { withoutRoles });
      const inKibana = kibana === undefined ? [] : await inspectKibana(kibana);
      return { ...found, assets: [...found.assets, ...inKibana], streams: await dataStreams(server) };
    });
    const wrong = status.assets.some(({ state }) => state !== 'same') || status.rivals.length > 0;
    const exitCode = wrong || status.streams.some(({ staleFields }) => staleFields.length > 0) ? 2 : 0;
    if (call.flags['json'] === true) call.terminal.printJson(elasticStatusJson(status, exitCode));
    else call.terminal.print(elasticStatusLines(status));
    return exitCode;
  },
};
