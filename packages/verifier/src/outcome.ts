// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { VerifierKey } from '@stepseal/core/format';
import type { CheckSwitch } from './checks.ts';
import { type Diagnosis, diagnose } from './diagnose.ts';
import { firstOfEach } from './finding-log.ts';
import type { Finding } from './findings.ts';
import type { RecordItem } from './region.ts';
import type { Tail } from './rest.ts';
import { type ScanResult, scanSegment } from './scan.ts';
import type { Segment } from './sources/source.ts';
import type { OpenFacts } from './stream-facts.ts';
import { StreamState } from './stream-state.ts';
import type { TrustPolicy } from './trust.ts';

/** What one segment by itself proves, under the keys that it and the trust policy name. */
export interface Outcome {
  readonly segment: Segment;
  readonly streamId: string | undefined;
  /** State at the last record under a matched note; number 0 where nothing is proved. */
  readonly state: StreamState;
  readonly closed: boolean;
  readonly tail: Tail | undefined;
  readonly findings: readonly Finding[];
  /** The identity of the trust policy that signed the open note. */
  readonly identity: VerifierKey | undefined;
  /** True where that identity, or the key that a trusted close record names, vouches for its notes. */
  readonly authorised: boolean;
  /** True where the segment presents itself as one of the trust policy's: then damage is tampering, not ignorance. */
  readonly claimed: boolean;
  readonly roots: ReadonlyMap<number, string>;
  readonly wellFormed: number;
  /** As in {@link Diagnosis}; none where the segment is whole. */
  readonly sealings: Diagnosis['sealings'];
  readonly earliestMs: number;
  readonly passedOver: Diagnosis['passedOver'];
  readonly noted: boolean;
  readonly explain: Diagnosis['explain'] | undefined;
  readonly wayTo: Diagnosis['wayTo'];
  /** Byte offset up to which the file was read. */
  readonly end: number;
  /** When it was read, ms since 1970: the age of an open tail is what it was then. */
  readonly readAtMs: number;
  /** Whether its source claims to hold every stream. */
  readonly complete: boolean;
}

/** How a segment is examined. */
export interface ExamineOptions {
  readonly policy: TrustPolicy | undefined;
  readonly named: VerifierKey | undefined;
  readonly streamId: string | undefined;
  readonly strict: boolean;
  readonly closely: boolean;
  readonly check: CheckSwitch;
  readonly rootSizes: (streamId: string) => readonly number[];
  readonly coveredElsewhere: (item: RecordItem) => boolean;
  readonly complete: boolean;
  /** Time of verification, ms since 1970, or when what is verified was read, where that was before. */
  readonly clock: (readAtMs: number | undefined) => number;
}

/** A scan that found nothing to be whole. */
const UNREAD: ScanResult = { clean: false, proved: { state: new StreamState(), offset: 0 }, end: 0, roots: new Map() };

/** Reads one segment: quickly where it is whole, closely where it is not. */
export async function examine(segment: Segment, options: ExamineOptions): Promise<Outcome> {
  const { policy, check, complete } = options;
  const scan = options.closely ? UNREAD : await scanSegment(segment, options);
  const { state: proved } = scan.proved;
  // Notes that verify under another key than the one a trusted close record names: nothing to look at more closely.
  const renamed =
    options.named !== undefined && proved.open !== undefined && !sameKey(proved.open.streamKey, options.named);
  const named = renamed ? undefined : options.named;
  const streamId = proved.open?.streamId ?? options.streamId;
  const rootSizes = streamId === undefined ? [] : options.rootSizes(streamId);
  const context = { policy, named, streamId, check, rootSizes, coveredElsewhere: options.coveredElsewhere };
  const wayTo: Diagnosis['wayTo'] = (...asked) =>
    unlessGone(() => diagnose(segment, scan.proved, context).wayTo(...asked));
  if (scan.clean) {
    const identity = listedIdentity(policy, proved.open);
    return {
      segment,
      streamId: proved.open?.streamId,
      state: proved,
      closed: proved.close !== undefined,
      tail: proved.close === undefined ? cleanTail(proved, scan.end) : undefined,
      findings: firstOfEach(proved.findings),
      identity,
      authorised: identity !== undefined || (options.named !== undefined && !renamed),
      claimed: identity !== undefined || options.named !== undefined,
      roots: scan.roots,
      wellFormed: proved.number,
      sealings: [],
      earliestMs: Number.POSITIVE_INFINITY,
      passedOver: new Map(),
      noted: true,
      explain: undefined,
      wayTo,
      end: scan.end,
      readAtMs: options.clock(segment.readAtMs),
      complete,
    };
  }
  const diagnosis = diagnose(segment, scan.proved, context);
  const { state, tail } = diagnosis;
  const claimedIdentity = listedIdentity(policy, diagnosis.claimedOpen);
  // The identity stands for what it signed: an open record that names it proves nothing without its note.
  const identity = diagnosis.openNoted ? listedIdentity(policy, state.open) : undefined;
  const headless =
    diagnosis.claimsDeployment && diagnosis.findings.some((finding) => finding.code === 'GENESIS_MISSING');
  return {
    segment,
    streamId: state.open?.streamId ?? tail?.state.open?.streamId ?? streamId,
    state,
    closed: diagnosis.closed,
    tail,
    findings: [...firstOfEach(state.findings), ...diagnosis.findings],
    identity,
    authorised: identity !== undefined || (named !== undefined && state.number > 0),
    claimed: claimedIdentity !== undefined || diagnosis.claimsTrust || options.named !== undefined || headless,
    roots: new Map([...scan.roots, ...diagnosis.roots]),
    wellFormed: proved.number + diagnosis.wellFormed,
    sealings: diagnosis.sealings,
    earliestMs: diagnosis.earliestMs,
    passedOver: diagnosis.passedOver,
    noted: diagnosis.noted,
    // Asked for seldom: the lines of every damaged segment would not fit into memory together.
    explain: (pin) => unlessGone(() => diagnose(segment, scan.proved, context).explain(pin)) ?? [],
    wayTo,
    end: diagnosis.end,
    readAtMs: options.clock(segment.readAtMs),
    complete,
  };
}

/** Where a segment is gone meanwhile, that it differs is known, how is not. */
function unlessGone<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}

function sameKey(a: VerifierKey, b: VerifierKey): boolean {
  return a.name === b.name && a.fingerprint === b.fingerprint;
}

/** The identity that the open record names, where the policy lists it for the stream's own deployment. */
function listedIdentity(policy: TrustPolicy | undefined, open: OpenFacts | undefined): VerifierKey | undefined {
  if (open?.identityKey === undefined) return undefined;
  const identity = open.identityKey;
  return policy?.deployments.get(open.deployment)?.identities.find((key) => sameKey(key, identity));
}

/** An open stream whose last line is the note of its last record. */
function cleanTail(state: StreamState, end: number): Tail {
  const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
  return {
    state,
    records: 0,
    earliestMs: Number.POSITIVE_INFINITY,
    hashes: Buffer.alloc(0),
    roots: new Map(),
    validEnd: end,
    tornBytes: 0,
    tornSha256: empty,
  };
}
