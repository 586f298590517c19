// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Origin, ResolvedConfig } from '@stepseal/processor/config';
import type { Command } from '../command.ts';
import { columns } from '../render/table.ts';

export const configCommand: Command = {
  usage: 'config [--json] [--SETTING VALUE]...',
  about: [
    'Shows each setting, its value, and where the value comes from: a flag, a STEPSEAL_* variable, the configuration',
    'file or the default, in this order. Values that look like secrets are masked.',
  ],
  examples: [
    'stepseal config # what applies here, and why',
    'STEPSEAL_DEPLOYMENT=bank/eu-1 stepseal config # with what a service is started with',
    'stepseal config --json | jq .settings.dataDir # for a script',
  ],
  options: {
    json: { type: 'boolean', brief: 'Print JSON: {"settings": {KEY: {value, origin, from}}, "file", "warnings"}.' },
  },
  settings: 'all',
  maxArguments: 0,
  async run({ flags, terminal, config }) {
    const resolved = config();
    const settings = [...resolved.origins].map(([key, origin]) => ({ key, value: display(resolved, key), origin }));
    if (flags['json'] === true) {
      terminal.printJson({
        settings: Object.fromEntries(
          settings.map(({ key, value, origin }) => [key, { value, origin: origin.kind, from: origin.name }]),
        ),
        file: resolved.file ?? null,
        warnings: resolved.warnings,
      });
      return 0;
    }
    const rows = settings.map(({ key, value, origin }) => [key, inWords(value), from(origin)]);
    terminal.print(columns([['SETTING', 'VALUE', 'FROM'], ...rows]));
    for (const warning of resolved.warnings) terminal.warn(`stepseal: ${warning}`);
    return 0;
  },
};

// Nothing secret belongs here; a Resource attribute or an address is where somebody may have put it all the same.
const SECRET = /secret|password|passwd|token|credential|api[-_.]?key|private|authorization/i;
/** An address with a password, a PEM block, a JWT. */
const SECRET_VALUE = /:\/\/[^\s/@]*:[^\s/]*@|-----BEGIN|\beyJ[\w-]+\.[\w-]+\./;

function display(config: ResolvedConfig, key: string): unknown {
  if (!key.startsWith('resource.')) {
    const value = key.split('.').reduce<unknown>((node, part) => Reflect.get(Object(node), part), config);
    return typeof value === 'string' && SECRET_VALUE.test(value) ? '(masked)' : value;
  }
  const name = key.slice('resource.'.length);
  const value = config.resource[name] ?? '';
  return SECRET.test(name) || SECRET_VALUE.test(value) ? '(masked)' : value;
}

function inWords(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? '(none)' : value.join(', ');
  return String(value);
}

function from({ kind, name }: Origin): string {
  return kind === 'file' ? `file ${name}` : name;
}
