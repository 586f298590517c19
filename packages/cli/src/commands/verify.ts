// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { resolve } from 'node:path';
import { verify } from '@stepseal/verifier';
import { type Call, type Command, textFlag } from '../command.ts';
import { CliError } from '../errors.ts';
import { claimedSince } from '../export/manifest.ts';
import { checkIndexOptions, INDEX_OPTIONS, namesIndex, openIndex } from '../index-source.ts';
import { readKnownHeadsFile, updateKnownHeadsFile } from '../known-heads-file.ts';
import { DELIVERY_SETTINGS } from '../otlp-delivery.ts';
import { reportJson } from '../render/report-json.ts';
import { verdictLines } from '../render/verdict.ts';
import { timeWindow } from '../search/time-window.ts';
import { shortPath } from '../short-path.ts';
import { openSources, withSources } from '../sources.ts';
import { readTrustFile } from '../trust-file.ts';
import { TRUST_FILE_NAME } from '../trust-file-name.ts';
import { WATCH_OPTIONS } from '../watch/watch-options.ts';

export const verifyCommand: Command = {
  usage:
    'verify [PATH... | --elasticsearch URL [--segments DIR]] [--watch] [--trust FILE] [--known-heads FILE] [--since TIME] [--until TIME] [--strict] [--record-signatures] [--json]',
  about: [
    'Checks sealed records: that none was altered, removed, reordered, inserted or cut off since it was sealed. PATH is a',
    'directory of segments, one segment, or - for lines on standard input; default is the data directory. With',
    '--elasticsearch it is what people search there, field by field; with --segments too, both copies are compared. --watch',
    'verifies again and again, and seals each result as a record.',
    'Exit codes: 0 verified, 1 tampered, 2 incomplete, 3 cannot be verified, 64 usage.',
  ],
  examples: [
    'stepseal verify # the data directory',
    'stepseal verify /mnt/archive --trust bank.trust.json --known-heads heads.json # every night, from cron',
    'stepseal verify q4 --trust bank.trust.json --since 2026-10-01 --until 2027-01-01 # an export, for what it is',
    'stepseal verify --watch --elasticsearch https://es.example:9200 --api-key-file auditor.key # the live index, every minute',
  ],
  options: {
    trust: { type: 'string', value: 'FILE', brief: `Whose keys count; default ./${TRUST_FILE_NAME} if there.` },
    'known-heads': {
      type: 'string',
      value: 'FILE',
      brief: 'What earlier runs have seen; written after SEALED and INCOMPLETE.',
    },
    since: { type: 'string', value: 'TIME', brief: 'Only the part from then on is here: nothing earlier is missed.' },
    until: { type: 'string', value: 'TIME', brief: 'Only the part up to then is here: nothing later is missed.' },
    strict: { type: 'boolean', brief: 'Parse and re-encode every record, also under a trusted root.' },
    'record-signatures': {
      type: 'boolean',
      brief: 'Check the signatures of single records too, where there are any.',
    },
    json: { type: 'boolean', brief: 'Print the report as JSON.' },
    ...INDEX_OPTIONS,
    segments: { type: 'string', value: 'DIR', brief: 'With --elasticsearch: the other copy; the two are compared.' },
    watch: { type: 'boolean', brief: 'Verify again and again, and seal each result as a record.' },
    ...WATCH_OPTIONS,
  },
  settings: ['data-dir', 'deployment', 'delivery-endpoint', ...DELIVERY_SETTINGS],
  maxArguments: 1000,
  async run(call) {
    checkIndexOptions(call);
    if (namesIndex(call) && call.arguments.length > 0)
      throw new CliError('BAD_ARGUMENT', 'Name paths or --elasticsearch, not both.');
    // Not before it is needed: it loads the sealer.
    if (call.flags['watch'] === true) return (await import('../watch/run-watch.ts')).runWatch(call);
    const alone = Object.keys(WATCH_OPTIONS).find((flag) => call.flags[flag] !== undefined);
    if (alone !== undefined) throw new CliError('BAD_ARGUMENT', `Option --${alone} needs --watch.`);
    const { dataDir } = call.config();
    const copy = textFlag(call, 'segments');
    if (copy !== undefined && !namesIndex(call))
      throw new CliError('BAD_ARGUMENT', 'Option --segments is for two copies: name --elasticsearch too, or a path.');
    if (copy !== undefined && textFlag(call, 'stream') !== undefined)
      throw new CliError('BAD_ARGUMENT', 'Two copies are compared with all their streams: leave out --stream.');
    const directories = [
      dataDir,
      ...[...call.arguments, ...(copy === undefined ? [] : [copy])].map((path) => resolve(call.cwd, path)),
    ];
    const trust = readTrustFile(call.cwd, directories, textFlag(call, 'trust'));
    const headsPath = textFlag(call, 'known-heads');
    const heads = headsPath === undefined ? undefined : readKnownHeadsFile(call.cwd, directories, headsPath);
    const window = timeWindow(call);
    if (window !== undefined && heads !== undefined)
      throw new CliError(
        'BAD_ARGUMENT',
        'Known heads are about everything: leave out --since and --until, or --known-heads.',
      );
    const part = window && { sinceMs: finite(window.sinceMs), untilMs: finite(window.untilMs) };
    const recordSignatures = call.flags['record-signatures'] === true;
    const index = namesIndex(call)
      ? await openIndex(call, { trust: trust?.policy, since: part?.sinceMs, until: part?.untilMs, recordSignatures })
      : undefined;
    const copies =
      index === undefined || copy === undefined
        ? undefined
        : await (await import('../reconcile/open-copies.ts')).openCopies(call, index, window);
    const sources = copies?.sources ?? (index === undefined ? openSources(call, call.arguments, dataDir) : [index]);
    const done = call.terminal.progress('Verifying');
    const report = await withSources(sources, () =>
      verify({
        sources,
        trust: trust?.policy,
        knownHeads: heads?.heads,
        since: part?.sinceMs,
        until: part?.untilMs,
        claimedSince: earliestClaim(call),
        strict: call.flags['strict'] === true,
        recordSignatures,
      }),
    ).finally(done);
    const kept = heads && `${shortPath(call.cwd, heads.path)}: ${updateKnownHeadsFile(heads, report)}`;
    const trustFile = trust === undefined ? undefined : shortPath(call.cwd, trust.path);
    const compared = copies?.compared();
    const beside = compared && (await import('../render/two-copies.ts'));
    if (call.flags['json'] === true)
      call.terminal.printJson(reportJson(report, trustFile, part, compared && beside?.copiesJson(compared)));
    else {
      call.terminal.print(verdictLines(report, { trustFile, knownHeads: kept, part }));
      if (compared !== undefined) call.terminal.print(beside?.copiesLines(compared) ?? []);
    }
    return report.exitCode;
  },
};

function finite(timeMs: number): number | undefined {
  return Number.isFinite(timeMs) ? timeMs : undefined;
}

/** When the exports among the paths say that they begin. What they say excuses nothing: it makes a verdict incomplete. */
function earliestClaim(call: Call): number | undefined {
  const claims = call.arguments.flatMap((path) => (path === '-' ? [] : (claimedSince(resolve(call.cwd, path)) ?? [])));
  return claims.length === 0 ? undefined : Math.min(...claims);
}
