// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { CheckSwitch } from '../checks.ts';
import { type Entry, FindingLog } from '../finding-log.ts';
import type { Finding } from '../findings.ts';
import type { KnownHeads } from '../known-heads.ts';
import type { Outcome } from '../outcome.ts';
import type { TrustPolicy } from '../trust.ts';

/** What the relations between streams are judged by: one outcome a stream, the one that stands for it. */
export interface StreamsInput {
  readonly outcomes: ReadonlyMap<string, Outcome>;
  readonly policy: TrustPolicy | undefined;
  readonly knownHeads: KnownHeads | undefined;
  /** Time of verification, ms. */
  readonly now: number;
  /** Whether the sources claim to hold every stream. */
  readonly complete: boolean;
  readonly check: CheckSwitch;
}

/** What is found out, step by step, about how the streams of all sources stand to each other. */
export class Streams {
  readonly input: StreamsInput;
  readonly findings: Finding[] = [];
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
  /** Records behind the last note that a trusted successor pins, by stream. */
  readonly adopted: Map<string, number> = new Map();
  /** Time after the last trusted note until now or the successor's open record, ms, by stream. */
  readonly uncoveredMs: Map<string, number> = new Map();
  /** Streams that a trusted stream declares deleted. */
  readonly pruned: Set<string> = new Set();

  constructor(input: StreamsInput) {
    this.input = input;
  }

  add(stream: string, entry: Entry): void {
    const source = this.input.outcomes.get(stream)?.segment.name;
    const log = new FindingLog(source, stream);
    log.add(entry);
    this.findings.push(...log.findings);
  }

  /** Whether something shows that a stream was tampered with, in its file or between files. */
  tampered(stream: string): boolean {
    const alarm = (finding: Finding): boolean => finding.severity === 'tampered';
    return (
      this.input.outcomes.get(stream)?.findings.some(alarm) === true ||
      this.findings.some((finding) => finding.stream === stream && alarm(finding))
    );
  }
}
