// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Report } from '@stepseal/verifier';
import { CliError } from '../errors.ts';
import { type KnownHeadsFile, updateKnownHeadsFile } from '../known-heads-file.ts';
import type { TrustFile } from '../trust-file.ts';
import type { Look } from './growth.ts';
import { type Round, Rounds } from './rounds.ts';
import type { VerificationFigures } from './verification-metrics.ts';
import { unverifiedEvent, type VerifiedContext, verifiedEvent } from './verified-event.ts';
import type { VerifiedLog } from './verified-log.ts';

/** What one verification reads, and by what it judges. */
export interface Reading {
  /** Everything where it is left out. */
  readonly streams: readonly string[] | undefined;
  readonly trust: TrustFile | undefined;
  readonly heads: KnownHeadsFile;
}

export interface WatchOptions {
  readonly deployment: string;
  readonly sources: readonly string[];
  readonly kind: VerifiedContext['kind'];
  readonly intervalMs: number;
  readonly fullEvery: number;
  readonly look: Look;
  readonly verify: (reading: Reading) => Promise<Report>;
  /** Both are read anew for each round: a key that is trusted meanwhile counts from then on. */
  readonly readTrust: () => TrustFile | undefined;
  readonly readHeads: () => KnownHeadsFile;
  readonly log: VerifiedLog;
  readonly figures: VerificationFigures;
  readonly onRound: (round: Round, told: ToldRound) => void;
  readonly onFailure: (code: string, error: unknown) => void;
  readonly stop: AbortSignal;
}

/** What else is said of a round. */
export interface ToldRound {
  readonly endedMs: number;
  readonly durationMs: number;
  readonly knownStreams: number;
}

/** Verifies until it is stopped; a round under way is brought to its end. Each result is sealed before the next begins. */
export async function watch(options: WatchOptions): Promise<void> {
  const { intervalMs, stop, log, figures, fullEvery, look } = options;
  let trust: TrustFile | undefined;
  let heads: KnownHeadsFile | undefined;
  const rounds = new Rounds({
    look,
    fullEvery,
    verify: (streams) => options.verify({ streams, trust, heads: heads as KnownHeadsFile }),
  });
  let begun = false;
  let judgedBy: string | undefined;
  while (!stop.aborted) {
    const began = performance.now();
    // What cannot be read in a round has not judged it.
    trust = heads = undefined;
    try {
      trust = options.readTrust();
      if (trust?.text !== judgedBy) rounds.readAll();
      judgedBy = trust?.text;
      heads = options.readHeads();
      const round = await rounds.next();
      begun = true;
      // A part that is well is no pass where something else is not.
      if (round.report !== undefined) updateKnownHeadsFile(heads, { ...round.report, grade: round.grade });
      const context = contextOf(options, began, trust, options.readHeads());
      await log.write(verifiedEvent(round, context));
      figures.verified(round, context.nowMs, context.durationMs);
      const { nowMs: endedMs, durationMs, knownStreams } = context;
      options.onRound(round, { endedMs, durationMs, knownStreams });
    } catch (error) {
      // A mistake of the command line, unless it was none before: a file of credentials may be away while it is replaced.
      if (!begun && error instanceof CliError && error.exitCode === 64) throw error;
      const code = codeOf(error);
      await log.write(unverifiedEvent(code, contextOf(options, began, trust, heads)));
      figures.failed();
      options.onFailure(code, error);
    }
    const left = intervalMs - (performance.now() - began);
    await pause(Math.max(0, left), undefined, { signal: stop }).catch(() => {});
  }
}

function contextOf(
  { deployment, sources, kind }: WatchOptions,
  began: number,
  trust: TrustFile | undefined,
  heads: KnownHeadsFile | undefined,
): VerifiedContext {
  return {
    deployment,
    sources,
    kind,
    durationMs: performance.now() - began,
    nowMs: Date.now(),
    knownStreams: heads?.heads?.streams.size ?? 0,
    knownHeadsHash: heads?.text === undefined ? undefined : sha256(heads.text),
    trustPolicyHash: trust === undefined ? undefined : sha256(trust.text),
  };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function codeOf(error: unknown): string {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[A-Z_]{1,64}$/.test(code) ? code : 'INTERNAL';
}
