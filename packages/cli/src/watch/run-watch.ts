// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { join, resolve } from 'node:path';
import { type Report, type Source, verify } from '@stepseal/verifier';
import { type Call, textFlag } from '../command.ts';
import { durationFlag } from '../duration.ts';
import { readConnection } from '../elasticsearch-connection.ts';
import { CliError } from '../errors.ts';
import { namesIndex, openIndex } from '../index-source.ts';
import { readKnownHeadsFile } from '../known-heads-file.ts';
import { otlpDelivery } from '../otlp-delivery.ts';
import { alarmOf, failureJson, roundJson, roundLines } from '../render/watch.ts';
import { shortPath } from '../short-path.ts';
import { openSources, withSources } from '../sources.ts';
import { readTrustFile } from '../trust-file.ts';
import { CLI_VERSION } from '../version.ts';
import type { Look } from './growth.ts';
import { indexOutline } from './index-outline.ts';
import { segmentOutline, segmentsOf } from './segment-outline.ts';
import { VerificationFigures } from './verification-metrics.ts';
import { HEADS_FILE, KEYS_FOLDER, VerifiedLog } from './verified-log.ts';
import { type Reading, watch } from './watch.ts';

const DATA_STREAMS = 'logs-stepseal.audit.otel-*';

/** `verify --watch`. Throws CliError, KeyError, SealingError; what fails in a round is told and tried again. */
export async function runWatch(call: Call): Promise<number> {
  const config = call.config();
  const { terminal } = call;
  const partial = ['since', 'until', 'stream'].find((flag) => textFlag(call, flag) !== undefined);
  if (partial !== undefined) throw new CliError('BAD_ARGUMENT', `A watch is about everything: leave out --${partial}.`);
  const json = call.flags['json'] === true;
  const intervalMs = durationFlag(call, 'interval', '1min');
  const fullEvery = countFlag(call, 'full-every', 60);
  const directory = resolve(call.cwd, textFlag(call, 'watch-dir') ?? '.stepseal-verifier');
  const deployment = textFlag(call, 'watch-deployment') ?? `${config.deployment}/verifier`;
  const guarded = [config.dataDir, ...call.arguments.map((path) => resolve(call.cwd, path))];
  const readTrust = (): ReturnType<typeof readTrustFile> => readTrustFile(call.cwd, guarded, textFlag(call, 'trust'));
  const headsPath = textFlag(call, 'known-heads') ?? join(directory, HEADS_FILE);
  const readHeads = (): ReturnType<typeof readKnownHeadsFile> => readKnownHeadsFile(call.cwd, guarded, headsPath);
  readHeads();
  const trust = readTrust();
  const place = await placeOf(call);
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
  const end = (): void => stop.abort();
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
    await place.close();
  }
  return 0;
}

interface Place {
  readonly sources: readonly string[];
  readonly kind: 'elasticsearch' | 'segments';
  readonly look: Look;
  readonly verify: (reading: Reading) => Promise<Report>;
  close(): Promise<void>;
}

/** What is watched: an index, or directories of segments. */
async function placeOf(call: Call): Promise<Place> {
  const judge = ({ streams, trust, heads }: Reading, sources: readonly Source[]): Promise<Report> =>
    withSources(sources, () =>
      verify({
        sources,
        trust: trust?.policy,
        knownHeads: heads.heads,
        // Of some streams alone: what came before them was read in rounds before.
        since: streams === undefined ? undefined : Date.now(),
        recordSignatures: call.flags['record-signatures'] === true,
      }),
    );
  if (namesIndex(call)) {
    const { connect } = await import('@stepseal/elastic');
    const dataStream = textFlag(call, 'data-stream') ?? DATA_STREAMS;
    const server = await connect(readConnection(call));
    const recordSignatures = call.flags['record-signatures'] === true;
    return {
      sources: [dataStream],
      kind: 'elasticsearch',
      look: indexOutline(server, dataStream),
      verify: async (reading) => {
        const { streams, trust } = reading;
        return judge(reading, [await openIndex(call, { trust: trust?.policy, recordSignatures, streams })]);
      },
      close: () => server.close(),
    };
  }
  const { dataDir } = call.config();
  if (call.arguments.includes('-')) throw new CliError('BAD_ARGUMENT', 'Standard input cannot be watched.');
  const open = (): Source[] => openSources(call, call.arguments, dataDir);
  return {
    sources: open().map(({ description }) => description),
    kind: 'segments',
    look: segmentOutline(open),
    verify: (reading) => {
      const picked = reading.streams === undefined ? undefined : new Set(reading.streams);
      const sources = open();
      return judge(reading, picked === undefined ? sources : sources.map((source) => segmentsOf(source, picked)));
    },
    close: () => Promise.resolve(),
  };
}

function countFlag(call: Call, flag: string, byDefault: number): number {
  const text = textFlag(call, flag) ?? String(byDefault);
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new CliError('BAD_ARGUMENT', `Option --${flag} needs a whole number from 1 on.`);
}
