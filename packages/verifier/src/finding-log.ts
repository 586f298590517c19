// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Finding, FindingCode } from './findings.ts';
import { showLine, verifyAgain } from './reproduce.ts';

/** A finding without what the log adds; `severity` defaults to `tampered`. */
export type Entry = Pick<Finding, 'code' | 'evidence'> &
  Partial<Pick<Finding, 'severity' | 'from' | 'to' | 'field' | 'offset'>>;

/** Findings of one code told of one segment; whoever writes a file chooses how many there are. */
export const MAX_OF_A_CODE = 100;

/** Findings of one segment or stream; fills in what is the same for all of them. */
export class FindingLog {
  private readonly kept: Finding[] = [];
  private readonly counts = new Map<FindingCode, number>();
  private readonly source: string | undefined;
  private readonly stream: string | undefined;

  constructor(source: string | undefined, stream: string | undefined) {
    this.source = source;
    this.stream = stream;
  }

  /** What was added; of a code that was added too often, the first ones and how many more there are. */
  get findings(): readonly Finding[] {
    return withRest(this.kept, this.counts);
  }

  add(entry: Entry): void {
    const count = (this.counts.get(entry.code) ?? 0) + 1;
    this.counts.set(entry.code, count);
    if (count > MAX_OF_A_CODE) return;
    const { source, stream } = this;
    const known = { ...(source === undefined ? {} : { source }), ...(stream === undefined ? {} : { stream }) };
    this.kept.push({ severity: 'tampered', reproduce: this.reproduce(entry.offset), ...known, ...entry });
  }

  has(code: FindingCode): boolean {
    return this.counts.has(code);
  }

  private reproduce(offset: number | undefined): string {
    if (this.source === undefined) return 'stepseal verify over the same sources';
    return offset === undefined ? verifyAgain(this.source) : showLine(this.source, offset);
  }
}

/** The first findings of each code, and how many more there are. */
export function firstOfEach(findings: readonly Finding[]): readonly Finding[] {
  const counts = new Map<FindingCode, number>();
  const kept = findings.filter(({ code }) => {
    const count = (counts.get(code) ?? 0) + 1;
    counts.set(code, count);
    return count <= MAX_OF_A_CODE;
  });
  return withRest(kept, counts);
}

function withRest(kept: readonly Finding[], counts: ReadonlyMap<FindingCode, number>): readonly Finding[] {
  const told = new Map<FindingCode, number>();
  return kept.map((finding) => {
    const number = (told.get(finding.code) ?? 0) + 1;
    told.set(finding.code, number);
    const more = (counts.get(finding.code) ?? 0) - MAX_OF_A_CODE;
    if (number < MAX_OF_A_CODE || more <= 0) return finding;
    return { ...finding, evidence: `${finding.evidence} ${more} more of this kind follow in this file.` };
  });
}
