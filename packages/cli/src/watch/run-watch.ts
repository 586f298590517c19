// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { join, resolve } from 'node:path';
import { isDeploymentName } from '@stepseal/core/format';
import { type Call, textFlag } from '../command.ts';
import { durationFlag } from '../duration.ts';
import { connectTo } from '../elasticsearch-connection.ts';
import { endedBySignal } from '../ended-by-signal.ts';
import { CliError } from '../errors.ts';
import { namesIndex } from '../index-source.ts';
import { readKnownHeadsFile } from '../known-heads-file.ts';
import { otlpDelivery } from '../otlp-delivery.ts';
import { alarmOf, failureJson, roundJson, roundLines } from '../render/watch.ts';
import { shortPath } from '../short-path.ts';
import { statIfPresent } from '../stat.ts';
import { readTrustFile } from '../trust-file.ts';
import { CLI_VERSION } from '../version.ts';
import { headsSince } from './heads-since.ts';
import { placeOf, sinceOf } from './place.ts';
import { VerificationFigures } from './verification-metrics.ts';
import { HEADS_FILE, KEYS_FOLDER, VerifiedLog } from './verified-log.ts';
import { watch } from './watch.ts';

/** A timer holds 24 days at most, and less than a second would be a load on the index. */
const INTERVALS = { least: '1s', most: '7d' };

/** `verify --watch`. Throws CliError, KeyError, SealingError; what fails in a round is told and tried again. */
export async function runWatch(call: Call): Promise<number> {
  const config = call.config();
  const { terminal } = call;
  checkWatchOptions(call);
  const json = call.flags['json'] === true;
  const intervalMs = durationFlag(call, 'interval', '1min', INTERVALS);
  const fullEvery = countFlag(call, 'full-every', 60);
  const directory = resolve(call.cwd, textFlag(call, 'watch-dir') ?? '.stepseal-verifier');
  const deployment = textFlag(call, 'watch-deployment') ?? `${config.deployment}/verifier`;
  if (!isDeploymentName(deployment))
    throw new CliError('BAD_ARGUMENT', 'Option --watch-deployment needs a name such as bank/verifier.');
  const guarded = [config.dataDir, ...call.arguments.map((path) => resolve(call.cwd, path))];
  const readTrust = (): ReturnType<typeof readTrustFile> => readTrustFile(call.cwd, guarded, textFlag(call, 'trust'));
  const headsPath = textFlag(call, 'known-heads') ?? join(directory, HEADS_FILE);
  const readHeads = (): ReturnType<typeof readKnownHeadsFile> => {
    const file = readKnownHeadsFile(call.cwd, guarded, headsPath);
    return { ...file, heads: headsSince(file.heads, sinceOf(call)) };
  };
  readHeads();
  const trust = readTrust();
  const place = placeOf(call);
  // What is typed wrong is said before keys are made.
  if (namesIndex(call)) await (await connectTo(call)).close();
  const log = await VerifiedLog.open({ deployment, directory }, otlpDelivery(config, textFlag(call, 'endpoint')));
  const keys = shortPath(call.cwd, join(directory, KEYS_FOLDER));
  if (log.isNew) terminal.warn(`stepseal: made the keys of ${deployment} in ${keys}: fingerprint ${log.fingerprint}`);
  const trusted = trust?.policy.deployments.get(deployment)?.identities.map(({ fingerprint }) => fingerprint);
  if (trusted?.includes(log.fingerprint) !== true) {
    terminal.warn(
      `stepseal: records of this verifier are not trusted yet: stepseal trust add --from ${keys} --deployment ${deployment}`,
    );
  }
  const figures = new VerificationFigures();
  const { MeterBinding } = await import('@stepseal/processor');
  const meters = new MeterBinding('stepseal', CLI_VERSION, figures.measures());
  const stop = new AbortController();
  let leave: (() => void) | undefined;
  const end = (): void => {
    stop.abort();
    // A second signal does not wait for the round.
    leave ??= endedBySignal(() => place.drop());
  };
  process.once('SIGINT', end).once('SIGTERM', end);
  terminal.gone.addEventListener('abort', end);
  meters.start();
  let alarm = '[]';
  try {
    await watch({
      ...place,
      deployment,
      intervalMs,
      fullEvery,
      readTrust,
      readHeads,
      log,
      figures,
      stop: stop.signal,
      onRound: (round, told) => {
        if (json) terminal.printJsonLine(roundJson(round, told));
        else terminal.print(roundLines(round, told, alarm));
        alarm = alarmOf(round);
      },
      onFailure: (code, error) => {
        const message = error instanceof Error ? error.message : 'unknown error';
        if (json) terminal.printJsonLine(failureJson(code, message));
        terminal.warn(`stepseal: ${code}: ${message}`);
      },
    });
  } finally {
    process.off('SIGINT', end).off('SIGTERM', end);
    meters.stop();
    await log.close();
    leave?.();
  }
  return 0;
}

/** What a watch cannot heed it refuses: nobody looks for years at what he did not ask for. */
function checkWatchOptions(call: Call): void {
  const partial = ['until', 'stream'].find((flag) => textFlag(call, flag) !== undefined);
  if (partial !== undefined)
    throw new CliError('BAD_ARGUMENT', `A watch is about everything up to now: leave out --${partial}.`);
  if (textFlag(call, 'segments') !== undefined)
    throw new CliError('BAD_ARGUMENT', 'Two copies are compared once: leave out --segments, or --watch.');
  const once = call.arguments.find((path) => path === '-' || statIfPresent(resolve(call.cwd, path))?.isFIFO() === true);
  if (once !== undefined) throw new CliError('BAD_ARGUMENT', 'Standard input and pipes cannot be watched.');
}

function countFlag(call: Call, flag: string, byDefault: number): number {
  const text = textFlag(call, flag) ?? String(byDefault);
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new CliError('BAD_ARGUMENT', `Option --${flag} needs a whole number from 1 on.`);
}
