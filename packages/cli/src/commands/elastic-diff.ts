// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { inspect, inspectKibana, parseRetention } from '@stepseal/elastic';
import { type Command, textFlag } from '../command.ts';
import { withElasticsearch } from '../elastic-call.ts';
import { ELASTICSEARCH_OPTIONS } from '../elasticsearch-connection.ts';
import { KIBANA_OPTIONS, readKibana } from '../kibana-call.ts';
import { elasticDiffJson, elasticDiffLines } from '../render/elastic-diff.ts';

export const elasticDiffCommand: Command = {
  usage: 'elastic diff [--retain WORDS] [--kibana URL] [--json]',
  about: [
    'Shows where what is installed in Elasticsearch differs from what this version would install: `-` is on the server, `+`',
    'would come. It only reads.',
    'Exit codes: 0 no difference, 1 differences, 3 cannot be asked, 64 usage.',
  ],
  examples: [
    'stepseal elastic diff # has anybody changed the template?',
    "stepseal elastic diff --retain '7 years' # what a longer retention would change",
  ],
  options: {
    retain: { type: 'string', value: 'WORDS', brief: 'Compare with this retention; default as installed.' },
    'without-roles': { type: 'boolean', brief: 'Leave roles out: they are managed elsewhere.' },
    json: { type: 'boolean', brief: 'Print JSON.' },
    ...ELASTICSEARCH_OPTIONS,
    ...KIBANA_OPTIONS,
  },
  settings: [],
  maxArguments: 0,
  async run(call) {
    const retain = textFlag(call, 'retain');
    const assets = await withElasticsearch(call, 'Comparing', async (server) => {
      const kibana = readKibana(call);
      const found = await inspect(server, {
        withoutRoles: call.flags['without-roles'] === true,
        ...(retain !== undefined && { retention: parseRetention(retain) }),
      });
      return [...found.assets, ...(kibana === undefined ? [] : await inspectKibana(kibana))];
    });
    const exitCode = assets.every(({ state }) => state === 'same' || state === 'unsupported') ? 0 : 1;
    if (call.flags['json'] === true) call.terminal.printJson(elasticDiffJson(assets, exitCode));
    else call.terminal.print(elasticDiffLines(assets));
    return exitCode;
  },
};
