// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { formatVkey } from '@stepseal/core/format';
import type { Streams } from './across/streams.ts';
import type { Finding } from './findings.ts';
import type { KnownHeads } from './known-heads.ts';
import type { Outcome } from './outcome.ts';
import type { RecordSignatureCounts } from './record-signatures.ts';
import type { ExitCode, Grade } from './verdict.ts';

/** What is known of one stream after a verification. */
export interface StreamReport {
  readonly streamId: string;
  readonly deployment: string | undefined;
  readonly source: string;
  readonly state: 'closed' | 'open' | 'adopted' | 'unproved';
  /** Records under a trusted note, sealing records included. */
  readonly records: number;
  /** Records behind the last note. */
  readonly tailRecords: number;
  /** Time after the last trusted note that nothing covers, ms. */
  readonly uncoveredMs: number;
  readonly lastNote: { readonly size: number; readonly root: string; readonly timeMs: number | undefined } | undefined;
  /** Hex SHA-256 of the identity key that the open record names; undefined on rolled streams. */
  readonly identityFingerprint: string | undefined;
  readonly identityVkey: string | undefined;
  readonly trusted: boolean;
}

/** The result of a verification. */
export interface Report {
  readonly grade: Grade;
  readonly exitCode: ExitCode;
  readonly findings: readonly Finding[];
  readonly streams: readonly StreamReport[];
  /** Records under trusted notes or pinned by trusted successors, sealing records included. */
  readonly records: number;
  readonly sources: readonly string[];
  readonly firstTimeMs: number | undefined;
  readonly lastTimeMs: number | undefined;
  /** The longest uncovered time of any stream, ms. */
  readonly uncoveredMs: number;
  /** Losses that the writers themselves declared, records. */
  readonly declaredLosses: number;
  /** Known heads after this run, to be kept where the data's writers cannot reach them. */
  readonly knownHeads: KnownHeads;
  /** Deployments and identity fingerprints of the policy used; undefined without one. */
  readonly trust: readonly { readonly deployment: string; readonly fingerprints: readonly string[] }[] | undefined;
  /** What the signatures of single records are; only where they were asked for, with a trust policy. */
  readonly recordSignatures?: RecordSignatureCounts;
  /** What this verdict does not prove, in sentences. */
  readonly limits: readonly string[];
}

/** Said beside every verdict: no log can prove these. */
export const LIMITS_OF_PROOF: readonly string[] = [
  'A record proves what the service reported, not that the service told the truth or reported every event.',
  'Whoever controls a host before a record is sealed can keep it from being written.',
  'Keys protect the past only up to the last note that somebody else holds: keep known heads apart from the data.',
  'Whoever steals the identity key can make up whole streams that nobody has seen before.',
];

/** Sums up one stream. */
export function streamReport(streamId: string, outcome: Outcome, streams: Streams): StreamReport {
  const { state, tail } = outcome;
  const open = state.open ?? tail?.state.open;
  const identity = open?.identityKey;
  const trusted = streams.trusted.has(streamId) || streams.vouched.has(streamId);
  const adopted = streams.adopted.get(streamId);
  const ended = outcome.closed ? 'closed' : adopted === undefined ? 'open' : 'adopted';
  return {
    streamId,
    deployment: open?.deployment,
    source: outcome.segment.name,
    state: trusted ? ended : 'unproved',
    records: state.number + (adopted ?? 0),
    tailRecords: tail?.records ?? 0,
    uncoveredMs: streams.uncoveredMs.get(streamId) ?? 0,
    lastNote:
      state.number === 0 ? undefined : { size: state.number, root: state.tree.root(), timeMs: state.sealedAtMs },
    identityFingerprint: identity?.fingerprint,
    identityVkey: identity === undefined ? undefined : formatVkey(identity.name, identity.publicKey),
    trusted,
  };
}
