// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { join, resolve } from 'node:path';
import { createKeys } from '@stepseal/processor/keys';
import { type Command, textFlag } from '../command.ts';
import { columns } from '../render/table.ts';
import { shortPath } from '../short-path.ts';

export const keysNewCommand: Command = {
  usage: 'keys new [--dir DIR] [--deployment NAME]',
  about: [
    'Makes three new keys: identity.pem (signs), pseudonym.key (hashes of users and addresses) and correlation.key',
    '(step_up.id, the same on all replicas). Nothing that exists is overwritten.',
  ],
  examples: [
    'stepseal keys new --deployment bank/eu-1 # in keys of the data directory',
    'stepseal keys new --dir /etc/bank/keys # elsewhere, for replicas to share',
  ],
  options: {
    dir: { type: 'string', value: 'DIR', brief: 'Directory of the keys; default keys in the data directory.' },
  },
  settings: ['data-dir', 'deployment'],
  maxArguments: 0,
  async run(call) {
    const config = call.config();
    const dir = textFlag(call, 'dir');
    const directory = dir === undefined ? join(config.dataDir, 'keys') : resolve(call.cwd, dir);
    const identity = createKeys(directory);
    const place = shortPath(call.cwd, directory);
    call.terminal.print([
      `Made the keys of deployment ${config.deployment} in ${place}. Keep a copy of them where nobody else can read it.`,
      '',
      ...columns([
        ['fingerprint', identity.fingerprint],
        ['vkey', identity.signer(config.deployment).vkey],
      ]),
      '',
      `To trust this identity when verifying: stepseal trust add --from ${place}`,
    ]);
    return 0;
  },
};
