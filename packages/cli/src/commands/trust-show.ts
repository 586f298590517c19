// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { resolve } from 'node:path';
import { formatVkey } from '@stepseal/core/format';
import { type Command, textFlag } from '../command.ts';
import { type Line, styled } from '../render/line.ts';
import { columns } from '../render/table.ts';
import { shortPath } from '../short-path.ts';
import { readTrustFile } from '../trust-file.ts';
import { TRUST_FILE_NAME } from '../trust-file-name.ts';

export const trustShowCommand: Command = {
  usage: 'trust show [--file FILE] [--json]',
  about: ['Shows which identity keys are trusted, by deployment.'],
  examples: [
    'stepseal trust show # ./stepseal.trust.json',
    'stepseal trust show --file /etc/bank/trust.json --json # another one, for a script',
  ],
  options: {
    file: { type: 'string', value: 'FILE', brief: `Trust file; default ./${TRUST_FILE_NAME}.` },
    json: { type: 'boolean', brief: 'Print JSON: {"file", "deployments": {NAME: [{fingerprint, vkey}]}}.' },
  },
  settings: ['data-dir'],
  maxArguments: 0,
  async run(call) {
    const trust = readTrustFile(call.cwd, [call.config().dataDir], textFlag(call, 'file'));
    const deployments = [...(trust?.policy.deployments ?? [])].map(([name, { identities }]) => ({
      name,
      identities: identities.map((key) => ({
        fingerprint: key.fingerprint,
        vkey: formatVkey(key.name, key.publicKey),
      })),
    }));
    if (call.flags['json'] === true) {
      const byName = Object.fromEntries(deployments.map(({ name, identities }) => [name, identities]));
      call.terminal.printJson({ file: trust?.path ?? null, deployments: byName });
      return 0;
    }
    if (trust === undefined) {
      const path = shortPath(call.cwd, resolve(call.cwd, TRUST_FILE_NAME));
      call.terminal.print([`Nothing is trusted: there is no ${path}. \`stepseal trust add\` makes it.`]);
      return 0;
    }
    const lines: Line[] = [`Trusted by ${shortPath(call.cwd, trust.path)}:`];
    for (const { name, identities } of deployments) {
      lines.push('', [styled('strong', name)]);
      const rows = identities.flatMap(({ fingerprint, vkey }) => [
        ['  fingerprint', fingerprint],
        ['  vkey', vkey],
      ]);
      lines.push(...columns(rows));
    }
    call.terminal.print(lines);
    return 0;
  },
};
