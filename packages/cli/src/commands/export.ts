// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { type Command, textFlag } from '../command.ts';
import { CliError } from '../errors.ts';
import { identitiesOf, makeExport } from '../export/make-export.ts';
import { exportJson, exportLines } from '../render/export.ts';
import { timeWindow } from '../search/time-window.ts';
import { shortPath } from '../short-path.ts';
import { statIfPresent } from '../stat.ts';
import { readTrustFile } from '../trust-file.ts';
import { TRUST_FILE_NAME } from '../trust-file-name.ts';

export const exportCommand: Command = {
  usage: 'export --to DIR [--since TIME] [--until TIME] [--dir DIR] [--trust FILE] [--json]',
  about: [
    'Copies the sealed records of a time to an empty directory, for an auditor: whole streams byte for byte, the verdict on',
    'them, a list with SHA-256, and a README with the command to verify. The keys to trust are printed and not put there:',
    'they go to the auditor by another way.',
    'Exit codes: that of the verdict: 0 sealed, 1 tampered, 2 incomplete, 3 cannot be verified or done, 64 usage.',
  ],
  examples: [
    'stepseal export --since 2026-10-01 --until 2027-01-01 --to q4 # a quarter',
    'stepseal export --since 24h --to incident --trust bank.trust.json # the last day',
  ],
  options: {
    to: { type: 'string', value: 'DIR', brief: 'Where to; a directory that is empty or does not exist.' },
    since: {
      type: 'string',
      value: 'TIME',
      brief: 'From when on: 2026-10-01, 2026-10-01T09:30:00Z, 90d, 2h. Default all.',
    },
    until: { type: 'string', value: 'TIME', brief: 'Up to when. Default now.' },
    dir: { type: 'string', value: 'DIR', brief: 'Records to export; default the data directory.' },
    trust: { type: 'string', value: 'FILE', brief: `Whose keys count; default ./${TRUST_FILE_NAME} if there.` },
    json: { type: 'boolean', brief: 'Print JSON: {"version", "to", "grade", "exitCode", "identities", …}.' },
  },
  settings: ['data-dir'],
  maxArguments: 0,
  async run(call) {
    const { dataDir } = call.config();
    const target = textFlag(call, 'to');
    if (target === undefined) throw new CliError('BAD_ARGUMENT', 'Say where to: --to DIR.');
    const nowMs = Date.now();
    const window = timeWindow(call, nowMs) ?? { sinceMs: Number.NEGATIVE_INFINITY, untilMs: Number.POSITIVE_INFINITY };
    const from = resolve(call.cwd, textFlag(call, 'dir') ?? dataDir);
    const trust = readTrustFile(call.cwd, [dataDir, from], textFlag(call, 'trust'));
    if (statIfPresent(from)?.isDirectory() !== true)
      throw new CliError('SOURCE_MISSING', `There is no directory ${shortPath(call.cwd, from)}: name one with --dir.`);
    // Short, as it stands in the verdict that is handed over.
    const to = shortPath(call.cwd, resolve(call.cwd, target));
    const trustFile = trust && shortPath(call.cwd, trust.path);
    const done = call.terminal.progress('Exporting');
    const exported = await makeExport({
      from,
      to,
      window,
      trust: trust?.policy,
      trustFile,
      nowMs,
      madeBy: madeBy(),
    }).finally(done);
    const identities = identitiesOf(exported.report);
    if (call.flags['json'] === true) call.terminal.printJson(exportJson(exported, identities, to));
    else call.terminal.print(exportLines(exported, identities, to));
    return exported.report.exitCode;
  },
};

function madeBy(): string {
  const { name, version } = createRequire(import.meta.url)('../../package.json') as { name: string; version: string };
  return `${name} ${version}`;
}
