// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { VerifierKey } from '@stepseal/core/format';
import type { CheckSwitch } from './checks.ts';
import { type Diagnosis, diagnose, type Tail } from './diagnose.ts';
import type { Finding } from './findings.ts';
import type { RecordItem } from './region.ts';
import { scanSegment } from './scan.ts';
import type { Segment } from './sources/source.ts';
import type { OpenFacts } from './stream-facts.ts';
import type { StreamState } from './stream-state.ts';
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
  /** True where the segment presents itself as one of the trust policy's: then damage is tampering, not ignorance. */
  readonly claimed: boolean;
  readonly roots: ReadonlyMap<number, string>;
  readonly wellFormed: number;
  readonly explain: Diagnosis['explain'] | undefined;
}

/** How a segment is examined. */
export interface ExamineOptions {
  readonly policy: TrustPolicy | undefined;
  readonly named: VerifierKey | undefined;
  readonly streamId: string | undefined;
  readonly strict: boolean;
  readonly check: CheckSwitch;
  readonly rootSizes: (streamId: string) => readonly number[];
  readonly coveredElsewhere: (item: RecordItem) => boolean;
}

/** Reads one segment: quickly where it is whole, closely where it is not. */
export async function examine(segment: Segment, options: ExamineOptions): Promise<Outcome> {
  const { policy, named, check } = options;
  const scan = await scanSegment(segment, options);
  const open = scan.proved.state.open;
  // A note under the key that the stream itself names proves nothing once a trusted close record names another.
  const renamed = named !== undefined && open !== undefined && !sameKey(open.streamKey, named);
  if (scan.clean && !renamed) {
    const { state } = scan.proved;
    const identity = listedIdentity(policy, open);
    return {
      segment,
      streamId: open?.streamId,
      state,
      closed: state.close !== undefined,
      tail: state.close === undefined ? cleanTail(segment, state, scan.proved.offset) : undefined,
      findings: state.findings,
      identity,
      claimed: identity !== undefined || named !== undefined,
      roots: scan.roots,
      wellFormed: state.number,
      explain: undefined,
    };
  }
  const streamId = open?.streamId ?? options.streamId;
  const rootSizes = streamId === undefined ? [] : options.rootSizes(streamId);
  const context = { policy, named, streamId, check, rootSizes, coveredElsewhere: options.coveredElsewhere };
  const diagnosis = diagnose(segment, scan.proved, context);
  const claimsIdentity = listedIdentity(policy, diagnosis.claimedOpen);
  // An open note proved by the scan was signed by the key that the open record names; the policy may list that key.
  const identity = diagnosis.identity ?? (scan.proved.state.number > 0 ? claimsIdentity : undefined);
  const genesis =
    diagnosis.claimsDeployment && diagnosis.findings.some((finding) => finding.code === 'GENESIS_MISSING');
  return {
    segment,
    streamId: diagnosis.state.open?.streamId ?? diagnosis.tail?.state.open?.streamId ?? streamId,
    state: diagnosis.state,
    closed: diagnosis.closed,
    tail: diagnosis.tail,
    findings: [...diagnosis.state.findings, ...diagnosis.findings],
    identity,
    claimed:
      identity !== undefined || claimsIdentity !== undefined || diagnosis.claimsTrust || named !== undefined || genesis,
    roots: new Map([...scan.roots, ...diagnosis.roots]),
    wellFormed: scan.proved.state.number + diagnosis.wellFormed,
    explain: diagnosis.explain,
  };
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
function cleanTail(segment: Segment, state: StreamState, offset: number): Tail {
  const reader = segment.open();
  try {
    const part = Buffer.allocUnsafe(1 << 16);
    let end = offset;
    for (let count = reader.read(part, 0, end); count > 0; count = reader.read(part, 0, end)) end += count;
    const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
    return { state, records: 0, validEnd: end, tornBytes: 0, tornSha256: empty, ended: false };
  } finally {
    reader.close();
  }
}
