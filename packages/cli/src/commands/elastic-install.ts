// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { checkKibana, inspectKibana, install, installInKibana, parseRetention } from '@stepseal/elastic';
import { type Command, textFlag } from '../command.ts';
import { CHANGE_OPTIONS, withElasticsearch } from '../elastic-call.ts';
import { readKibana } from '../kibana-call.ts';
import { installJson, installLines } from '../render/elastic-install.ts';

export const elasticInstallCommand: Command = {
  usage: 'elastic install [--retain WORDS] [--kibana URL] [--dry-run] [--allow-missing]',
  about: [
    'Puts index template, lifecycle and roles for sealed records into Elasticsearch, or mends what is different there. What',
    'the server cannot do is named and left out. What Stepseal did not make is never touched. With --kibana, data view,',
    'dashboards and saved searches are installed as well.',
    'Exit codes: 0 installed, 2 something was left out (0 with --allow-missing), 3 cannot be done, 64 usage.',
  ],
  examples: [
    "stepseal elastic install --retain '13 months' --dry-run # where STEPSEAL_ELASTICSEARCH_URL says",
    'stepseal elastic install --allow-missing # what the server lacks is no failure',
    'stepseal elastic install --kibana https://kibana.example:5601 # and the dashboards',
  ],
  options: {
    retain: {
      type: 'string',
      value: 'WORDS',
      brief: "How long: '400 days', '13 months', '7 years', forever; default as installed.",
    },
    'auto-configure': { type: 'boolean', brief: "The writer's first record may make the data stream." },
    'allow-missing': { type: 'boolean', brief: 'What the server lacks is no failure.' },
    ...CHANGE_OPTIONS,
  },
  settings: [],
  maxArguments: 0,
  async run(call) {
    const { flags, terminal } = call;
    const retain = textFlag(call, 'retain');
    const autoConfigure = flags['auto-configure'];
    const dryRun = flags['dry-run'] === true;
    const outcome = await withElasticsearch(call, 'Installing', async (server) => {
      const kibana = readKibana(call);
      // Before anything is written anywhere.
      if (kibana !== undefined) checkKibana(await inspectKibana(kibana));
      const installed = await install(server, {
        dryRun,
        withoutRoles: flags['without-roles'] === true,
        ...(retain !== undefined && { retention: parseRetention(retain) }),
        ...(typeof autoConfigure === 'boolean' && { autoConfigure }),
      });
      const inKibana = kibana === undefined ? [] : await installInKibana(kibana, { dryRun });
      return { ...installed, steps: [...installed.steps, ...inKibana] };
    });
    const missing = outcome.steps.some(({ did }) => did === 'left out') && flags['allow-missing'] !== true;
    const exitCode = missing ? 2 : 0;
    if (flags['json'] === true) terminal.printJson(installJson(outcome, { dryRun, exitCode }));
    else terminal.print(installLines(outcome, { dryRun, exitCode }));
    return exitCode;
  },
};
