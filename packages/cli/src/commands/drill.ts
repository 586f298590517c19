// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { type Call, type Command, textFlag } from '../command.ts';
import { type DrillResult, runDrill } from '../drill/run-drill.ts';
import { chooseSample, hashOf } from '../drill/sample.ts';
import { copyToScratch } from '../drill/scratch.ts';
import { endedBySignal } from '../ended-by-signal.ts';
import { CliError } from '../errors.ts';
import { drillJson, drillLines } from '../render/drill.ts';
import { shortPath } from '../short-path.ts';
import { statIfPresent } from '../stat.ts';
import { readTrustFile } from '../trust-file.ts';
import { TRUST_FILE_NAME } from '../trust-file-name.ts';

const SAMPLE_MB = 4;
const MEGABYTE = 1_000_000;

export const drillCommand: Command = {
  usage: 'drill [DIR] [--trust FILE] [--seed TEXT] [--sample-mb N] [--keep DIR] [--json]',
  about: [
    'A mock audit: copies sealed records to a scratch directory, verifies the untouched copy, then edits, deletes, reorders,',
    'inserts, truncates and forges records there, and shows whether each was caught. The original is only read.',
    'Exit codes: 0 all caught, 1 something was not caught, 2 all caught in records that are incomplete, 3 the untouched copy',
    'cannot be verified, 64 usage.',
  ],
  examples: [
    'stepseal drill # on the data directory',
    'stepseal drill /mnt/archive --trust bank.trust.json # the auditor, on a copy',
    'stepseal drill --seed 2026-q4 --json | jq .caught # the same drill again, for a script',
  ],
  options: {
    trust: { type: 'string', value: 'FILE', brief: `Whose keys count; default ./${TRUST_FILE_NAME} if there.` },
    seed: {
      type: 'string',
      value: 'TEXT',
      brief: 'What decides which records are attacked; default is random and printed.',
    },
    'sample-mb': {
      type: 'string',
      value: 'N',
      brief: `Newest streams up to so many MB are copied; default ${SAMPLE_MB}.`,
    },
    keep: { type: 'string', value: 'DIR', brief: 'Copy there and leave the copy; default a temporary directory.' },
    json: { type: 'boolean', brief: 'Print the drill as JSON.' },
  },
  settings: ['data-dir'],
  maxArguments: 1,
  async run(call) {
    const { dataDir } = call.config();
    const directory = givenDirectory(call, dataDir);
    const trust = readTrustFile(call.cwd, [dataDir, directory], textFlag(call, 'trust'));
    const seed = textFlag(call, 'seed') ?? randomBytes(4).toString('hex');
    const keep = textFlag(call, 'keep');
    const done = call.terminal.progress('Drilling');
    const sample = await chooseSample(directory, sampleBytes(call));
    const before = hashOf(sample);
    const copiedAtMs = Date.now();
    // From before the copy on: a signal that comes meanwhile is heard when it is made.
    let remove = (): void => undefined;
    const leave = endedBySignal(() => remove());
    try {
      const scratch = copyToScratch(directory, sample, keep === undefined ? undefined : resolve(call.cwd, keep));
      remove = scratch.remove;
      const result = await runDrill({ scratch, sample, trust: trust?.policy, seed, copiedAtMs });
      const untouched = hashOf(sample) === before;
      const exitCode = exitCodeOf(result, untouched);
      const context = { directory: shortPath(call.cwd, directory), sample, seed, untouched, kept: keep };
      if (call.flags['json'] === true) call.terminal.printJson(drillJson(result, context, exitCode));
      else call.terminal.print(drillLines(result, context));
      return exitCode;
    } finally {
      leave();
      remove();
      done();
    }
  },
};

function givenDirectory(call: Call, dataDir: string): string {
  const [given] = call.arguments;
  const directory = resolve(call.cwd, given ?? dataDir);
  const stat = statIfPresent(directory);
  if (stat?.isDirectory() === true) return directory;
  const what = shortPath(call.cwd, directory);
  if (stat !== undefined) throw new CliError('BAD_ARGUMENT', `${what} is no directory: a drill takes one.`);
  throw new CliError('SOURCE_MISSING', `There is no ${what}: name a directory of sealed records.`);
}

function sampleBytes(call: Call): number {
  const text = textFlag(call, 'sample-mb');
  if (text === undefined) return SAMPLE_MB * MEGABYTE;
  if (!/^[1-9]\d{0,3}$/.test(text))
    throw new CliError('BAD_ARGUMENT', 'Option --sample-mb needs a whole number of MB from 1 to 9999.');
  return Number(text) * MEGABYTE;
}

/** 0 only where the control verified and everything was caught; the original changing under way is no pass either. */
function exitCodeOf({ control, attempts }: DrillResult, untouched: boolean): number {
  if (attempts.every(({ plan }) => plan === undefined)) return control.exitCode === 1 ? 1 : 3;
  if (!untouched || attempts.some(({ plan, caught }) => plan !== undefined && !caught)) return 1;
  return control.exitCode;
}
