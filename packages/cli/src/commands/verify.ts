// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { verify } from '@stepseal/verifier';
import { type Command, textFlag } from '../command.ts';
import { readKnownHeadsFile, updateKnownHeadsFile } from '../known-heads-file.ts';
import { reportJson } from '../render/report-json.ts';
import { verdictLines } from '../render/verdict.ts';
import { shortPath } from '../short-path.ts';
import { openSources, withSources } from '../sources.ts';
import { readTrustFile, TRUST_FILE_NAME } from '../trust-file.ts';

export const verifyCommand: Command = {
  usage: 'verify [PATH...] [--trust FILE] [--known-heads FILE] [--strict] [--json]',
  about: [
    'Checks sealed records: that none was altered, removed, reordered, inserted or cut off since it was sealed. PATH is a',
    'directory of segments, one segment, or - for lines on standard input; default is the data directory.',
    'Exit codes: 0 verified, 1 tampered, 2 incomplete, 3 cannot be verified, 64 usage.',
  ],
  examples: [
    'stepseal verify # the data directory',
    'stepseal verify /mnt/archive --trust bank.trust.json --known-heads heads.json # every night, from cron',
    'cat archive/*.ndjson | stepseal verify - --json | jq -r .grade # for a script',
  ],
  options: {
    trust: { type: 'string', value: 'FILE', brief: `Whose keys count; default ./${TRUST_FILE_NAME} if there.` },
    'known-heads': {
      type: 'string',
      value: 'FILE',
      brief: 'What earlier runs have seen; written after SEALED and INCOMPLETE.',
    },
    strict: { type: 'boolean', brief: 'Parse and re-encode every record, also under a trusted root.' },
    json: { type: 'boolean', brief: 'Print the report as JSON.' },
  },
  settings: ['data-dir'],
  maxArguments: 1000,
  async run(call) {
    const { dataDir } = call.config();
    const trust = readTrustFile(call.cwd, dataDir, textFlag(call, 'trust'));
    const headsPath = textFlag(call, 'known-heads');
    const heads = headsPath === undefined ? undefined : readKnownHeadsFile(call.cwd, dataDir, headsPath);
    const sources = openSources(call, call.arguments, dataDir);
    const done = call.terminal.progress('Verifying');
    const report = await withSources(sources, () =>
      verify({ sources, trust: trust?.policy, knownHeads: heads?.heads, strict: call.flags['strict'] === true }),
    ).finally(done);
    const kept = heads && `${shortPath(call.cwd, heads.path)}: ${updateKnownHeadsFile(heads, report)}`;
    const trustFile = trust === undefined ? undefined : shortPath(call.cwd, trust.path);
    if (call.flags['json'] === true) call.terminal.printJson(reportJson(report, trustFile));
    else call.terminal.print(verdictLines(report, { trustFile, knownHeads: kept }));
    return report.exitCode;
  },
};
