// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { resolve } from 'node:path';
import type { Command } from '../command.ts';
import { probeLine, statusJson, statusLines } from '../render/status.ts';
import { shortPath } from '../short-path.ts';
import { collectStatus } from '../status/collect-status.ts';

export const statusCommand: Command = {
  usage: 'status [DIR] [--json | --probe]',
  about: [
    'How recording stands: who owns each writer directory and whether it lives, the newest stream and its last note, what was',
    'delivered and what waits, what the receiver refused, retention and disk. It reads files and verifies nothing.',
    'Exit codes: 0 in order, 2 something needs attention, 3 nothing there, 64 usage.',
  ],
  examples: [
    'stepseal status # the data directory',
    "stepseal status --json | jq '.writers[].setAside' # what was refused, and why",
    'stepseal status --probe # for a container: one line, and whether a restart could help',
  ],
  options: {
    json: { type: 'boolean', brief: 'Print JSON.' },
    probe: { type: 'boolean', brief: 'One line; exit 2 only where a restart of the process could help.' },
  },
  settings: ['data-dir'],
  maxArguments: 1,
  async run(call) {
    const config = call.config();
    const [given] = call.arguments;
    const dataDir = given === undefined ? config.dataDir : resolve(call.cwd, given);
    const status = collectStatus(config, dataDir, Date.now());
    if (call.flags['probe'] === true) {
      call.terminal.print([probeLine(status)]);
      return status.exitCode === 2 && !status.attention.some(({ probe }) => probe) ? 0 : status.exitCode;
    }
    if (call.flags['json'] === true) call.terminal.printJson(statusJson(status));
    else call.terminal.print(statusLines(status, shortPath(call.cwd, dataDir)));
    return status.exitCode;
  },
};
