// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { uninstall, uninstallFromKibana } from '@stepseal/elastic';
import type { Command } from '../command.ts';
import { CHANGE_OPTIONS, withElasticsearch } from '../elastic-call.ts';
import { readKibana } from '../kibana-call.ts';
import { uninstallJson, uninstallLines } from '../render/elastic-install.ts';

export const elasticUninstallCommand: Command = {
  usage: 'elastic uninstall [--kibana URL] [--dry-run]',
  about: [
    'Takes what `elastic install` made out of Elasticsearch again: never data, and nothing that others made. A template that',
    'a data stream still uses stays with it.',
    'Exit codes: 0 removed, 2 something of ours had to stay, 3 cannot be done, 64 usage.',
  ],
  examples: [
    'stepseal elastic uninstall --dry-run # what would go',
    'stepseal elastic uninstall --without-roles # roles stay',
  ],
  options: CHANGE_OPTIONS,
  settings: [],
  maxArguments: 0,
  async run(call) {
    const dryRun = call.flags['dry-run'] === true;
    const removals = await withElasticsearch(call, 'Removing', async (server) => {
      const kibana = readKibana(call);
      const inKibana = kibana === undefined ? [] : await uninstallFromKibana(kibana, { dryRun });
      const withoutRoles = call.flags['without-roles'] === true;
      return [...inKibana, ...(await uninstall(server, { dryRun, withoutRoles }))];
    });
    const exitCode = removals.some(({ did }) => did === 'kept') ? 2 : 0;
    if (call.flags['json'] === true) call.terminal.printJson(uninstallJson(removals, { dryRun, exitCode }));
    else call.terminal.print(uninstallLines(removals, dryRun));
    return exitCode;
  },
};
