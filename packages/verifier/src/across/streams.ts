// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { CheckSwitch } from '../checks.ts';
import { type Entry, FindingLog } from '../finding-log.ts';
import type { Finding } from '../findings.ts';
import type { KnownHead, KnownHeads } from '../known-heads.ts';
import type { Outcome } from '../outcome.ts';
import type { PredecessorPin } from '../stream-facts.ts';
import type { PruneClaim } from '../stream-state.ts';
import type { TrustPolicy } from '../trust.ts';

/** What else is known of a stream that is declared pruned. */
export interface PruneContext {
  /** The deployment of whoever names it. */
  readonly deployment: string | undefined;
  /** What an earlier verification saw of it. */
  readonly head?: KnownHead | undefined;
  /** What its successor found of it. */
  readonly pin?: PredecessorPin | undefined;
}

/** The part of all streams that is verified, ms. `claimedSince` is what the data says, which whoever writes it chooses. */
export interface Part {
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  readonly claimedSince?: number | undefined;
}

/** What the relations between streams are judged by: one outcome a stream, the one that stands for it. */
export interface StreamsInput {
  readonly outcomes: ReadonlyMap<string, Outcome>;
  readonly policy: TrustPolicy | undefined;
  readonly knownHeads: KnownHeads | undefined;
  /** Where the part that is verified begins and ends, ms: what lies outside of it is not missed. */
  readonly part: Part;
  /** Streams of a format that this verifier does not know, under keys that the policy vouches for: they are here. */
  readonly newer: ReadonlySet<string>;
  /** Whether the sources claim to hold every stream. */
  readonly complete: boolean;
  /** The streams that were asked for, where these are not all. */
  readonly only: ReadonlySet<string> | undefined;
  /** Whether records stay when their segments are deleted by retention. */
  readonly outlivesSegments: boolean;
  readonly check: CheckSwitch;
}

/** What is found out, step by step, about how the streams of all sources stand to each other. */
export class Streams {
  readonly input: StreamsInput;
  readonly findings: Finding[] = [];
  private readonly alarmed = new Set<string>();
  /** Streams whose key an identity of the policy, or a trusted close record, vouches for. */
  readonly trusted: Set<string> = new Set();
  /** Streams without authority of their own whose every record a trusted successor pins. */
  readonly vouched: Set<string> = new Set();
  /** The trusted stream that names a stream as its next or its predecessor. */
  readonly namedBy: Map<string, string> = new Map();
  /** Predecessor by stream, as trusted open records name it. */
  readonly predecessors: Map<string, string> = new Map();
  /** When the successor of a stream was opened, ms. */
  readonly successorTimeMs: Map<string, number> = new Map();
  /** The stream that found a closed stream to be the newest of its writer, where another was to come; by that one. */
  readonly followers: Map<string, string> = new Map();
  /** Records behind the last note that a trusted successor pins, by stream. */
  readonly adopted: Map<string, number> = new Map();
  /** Streams at whose end nothing else is missed than what was refused. */
  readonly undelivered: Set<string> = new Set();
  /** SHA-256 of the torn ends that trusted open records name. */
  readonly torn: Set<string> = new Set();
  /** Time after the last trusted note until now or the successor's open record, ms, by stream. */
  readonly uncoveredMs: Map<string, number> = new Map();
  /** What trusted streams declare deleted, with the one that does and its deployment; by stream. */
  readonly pruned: Map<string, (PruneClaim & { readonly deployment: string | undefined; readonly by: string })[]> =
    new Map();

  constructor(input: StreamsInput) {
    this.input = input;
  }

  add(stream: string, entry: Entry): void {
    const source = this.input.outcomes.get(stream)?.segment.name;
    const log = new FindingLog(source, stream);
    log.add(entry);
    for (const finding of log.findings) {
      this.findings.push(finding);
      if (finding.severity === 'tampered') this.alarmed.add(stream);
    }
  }

  /** Whether no file of a stream was given. */
  isAbsent(stream: string): boolean {
    return !this.input.outcomes.has(stream) && !this.input.newer.has(stream);
  }

  /**
   * Whether a stream is declared pruned by one of its own deployment, and as the stream that others know. Who steals
   * one stream's key can declare what he likes: this keeps him to streams whose end he can state.
   */
  isPruned(stream: string, { deployment, head, pin }: PruneContext): boolean {
    if (this.input.outlivesSegments) return false;
    return (this.pruned.get(stream) ?? []).some((claim) => {
      if (deployment !== undefined && claim.deployment !== deployment) return false;
      const size = claim.size ?? 0;
      if (head !== undefined && (head.closed ? size !== head.size : size < head.size)) return false;
      if (head !== undefined && size === head.size && claim.root !== head.root) return false;
      if (pin === undefined) return true;
      const ended = pin.cause === 'closed' || pin.cause === 'roll';
      return ended ? size === pin.number : size <= pin.number;
    });
  }

  /** Whether nobody asked for a stream that is absent; says so. */
  isUnasked(stream: string): boolean {
    if (this.input.only?.has(stream) !== false) return false;
    this.add(stream, { code: 'OUT_OF_RANGE', severity: 'info', evidence: 'It was not asked for.' });
    return true;
  }

  /** What to add where a stream is missed although a trusted one declares it deleted: it states another stream than is known. */
  otherThanDeclared(stream: string): string {
    if (this.input.outlivesSegments) return '';
    const sizes = (this.pruned.get(stream) ?? []).map(({ size }) => size ?? 0);
    if (sizes.length === 0) return '';
    return ` It is declared deleted with ${[...new Set(sizes)].join(' and ')} records, which is not what is known of it.`;
  }

  /** Whether something shows that a stream was tampered with, in its file or between files. */
  tampered(stream: string): boolean {
    const own = this.input.outcomes.get(stream)?.findings;
    return this.alarmed.has(stream) || own?.some((finding) => finding.severity === 'tampered') === true;
  }
}
