// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { FormatError, parseVkey } from '@stepseal/core/format';
import { readIdentity } from '@stepseal/processor/keys';
import { type Call, type Command, textFlag } from '../command.ts';
import { CliError } from '../errors.ts';
import { columns } from '../render/table.ts';
import { shortPath } from '../short-path.ts';
import { statIfPresent } from '../stat.ts';
import { addIdentity, readTrustFile } from '../trust-file.ts';
import { TRUST_FILE_NAME } from '../trust-file-name.ts';

export const trustAddCommand: Command = {
  usage: 'trust add (--from DIR | --vkey VKEY) [--deployment NAME] [--file FILE]',
  about: [
    'Adds an identity key to the trust file, which decides whose signatures count. The key comes from a keys directory',
    '(its public half only) or as a vkey that its owner handed over, never from sealed records: those would vouch for',
    'themselves. Compare the fingerprint with the one that the service printed at its start.',
  ],
  examples: [
    'stepseal trust add --from .stepseal/keys # the service on this machine',
    'stepseal trust add --vkey "$(cat bank.vkey)" # as its owner handed it over',
  ],
  options: {
    from: { type: 'string', value: 'DIR', brief: 'Keys directory with identity.pem, or the key file itself.' },
    vkey: { type: 'string', value: 'VKEY', brief: 'Verifier key: name+keyid+base64.' },
    file: { type: 'string', value: 'FILE', brief: `Trust file; default ./${TRUST_FILE_NAME}.` },
  },
  settings: ['deployment', 'data-dir'],
  maxArguments: 0,
  async run(call) {
    const config = call.config();
    const named = textFlag(call, 'file');
    const path = resolve(call.cwd, named ?? TRUST_FILE_NAME);
    const chosen = config.origins.get('deployment')?.kind === 'default' ? undefined : config.deployment;
    const { deployment, vkey } = givenKey(call, chosen, config.deployment);
    const present = existsSync(path) ? readTrustFile(call.cwd, [config.dataDir], path) : undefined;
    const policy = present?.policy ?? { deployments: new Map() };
    const added = addIdentity(path, config.dataDir, policy, deployment, vkey);
    const place = shortPath(call.cwd, path);
    call.terminal.print([
      added
        ? `Deployment ${deployment} is now trusted by this identity, in ${place}:`
        : `Deployment ${deployment} was trusted by this identity already, in ${place}:`,
      '',
      ...columns([
        ['fingerprint', parseVkey(vkey).fingerprint],
        ['vkey', vkey],
      ]),
    ]);
    return 0;
  },
};

function givenKey(call: Call, chosen: string | undefined, fallback: string): { deployment: string; vkey: string } {
  const from = textFlag(call, 'from');
  const vkey = textFlag(call, 'vkey');
  if ((from === undefined) === (vkey === undefined)) {
    throw new CliError('BAD_ARGUMENT', 'Give either --from DIR (a keys directory) or --vkey VKEY.');
  }
  if (from !== undefined) {
    const identity = readIdentity(identityFile(resolve(call.cwd, from), from));
    for (const warning of identity.warnings) call.terminal.warn(`stepseal: ${warning}`);
    const deployment = chosen ?? fallback;
    return { deployment, vkey: identity.signer(deployment).vkey };
  }
  return vkeyFlag(vkey ?? '', chosen);
}

function identityFile(directory: string, typed: string): string {
  if (statIfPresent(directory)?.isFile() === true) return directory;
  const file = join(directory, 'identity.pem');
  if (statIfPresent(file) !== undefined) return file;
  const keys = join(directory, 'keys', 'identity.pem');
  const hint = existsSync(keys) ? ` Type --from ${join(typed, 'keys')}.` : '';
  const rule = 'keys are never learned from sealed records';
  throw new CliError(
    'TRUST_FROM_DATA',
    `${typed} is not a keys directory (it has no identity.pem), and ${rule}.${hint}`,
  );
}

function vkeyFlag(vkey: string, chosen: string | undefined): { deployment: string; vkey: string } {
  try {
    const { name } = parseVkey(vkey);
    if (chosen === undefined || chosen === name) return { deployment: name, vkey };
    throw new CliError('BAD_ARGUMENT', `The vkey is one of deployment ${name}, not of ${chosen}.`);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    throw new CliError(
      'BAD_ARGUMENT',
      `Option --vkey does not hold a verifier key (name+keyid+base64): ${error.message}.`,
    );
  }
}
