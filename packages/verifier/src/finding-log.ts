// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Finding } from './findings.ts';

/** A finding without what the log adds. */
export type Entry = Pick<Finding, 'code' | 'evidence'> &
  Partial<Pick<Finding, 'severity' | 'from' | 'to' | 'field' | 'offset'>>;

/** Findings of one segment; fills in what is the same for all of them. */
export class FindingLog {
  readonly findings: Finding[] = [];
  stream: string | undefined;
  private readonly source: string;

  constructor(source: string, stream: string | undefined) {
    this.source = source;
    this.stream = stream;
  }

  add(entry: Entry): void {
    const { source, stream } = this;
    const reproduce =
      entry.offset === undefined
        ? `stepseal verify --strict ${source}`
        : `tail -c +${entry.offset + 1} ${source} | head -n 1`;
    this.findings.push({
      severity: 'tampered',
      reproduce,
      source,
      ...(stream === undefined ? {} : { stream }),
      ...entry,
    });
  }

  has(code: Finding['code']): boolean {
    return this.findings.some((finding) => finding.code === code);
  }
}
