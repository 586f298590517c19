// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Finding } from './findings.ts';
import { showLine, verifyAgain } from './reproduce.ts';

/** A finding without what the log adds; `severity` defaults to `tampered`. */
export type Entry = Pick<Finding, 'code' | 'evidence'> &
  Partial<Pick<Finding, 'severity' | 'from' | 'to' | 'field' | 'offset'>>;

/** Findings of one segment or stream; fills in what is the same for all of them. */
export class FindingLog {
  readonly findings: Finding[] = [];
  private readonly source: string | undefined;
  private readonly stream: string | undefined;

  constructor(source: string | undefined, stream: string | undefined) {
    this.source = source;
    this.stream = stream;
  }

  add(entry: Entry): void {
    const { source, stream } = this;
    const known = { ...(source === undefined ? {} : { source }), ...(stream === undefined ? {} : { stream }) };
    this.findings.push({ severity: 'tampered', reproduce: this.reproduce(entry.offset), ...known, ...entry });
  }

  has(code: Finding['code']): boolean {
    return this.findings.some((finding) => finding.code === code);
  }

  private reproduce(offset: number | undefined): string {
    if (this.source === undefined) return 'stepseal verify over the same sources';
    return offset === undefined ? verifyAgain(this.source) : showLine(this.source, offset);
  }
}
