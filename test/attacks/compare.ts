// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Finding, Report } from '@stepseal/verifier';
import type { Expected, ExpectedFinding } from './scenario.ts';

/** The streams of the suite declare a gap, as a report has to say each time; row 47 is about it. */
const DECLARED = 'DECLARED_LOSS';

/** Everything in which a report differs from what was expected, one sentence each; none if it is exact. */
export function differences(
  report: Report,
  expected: Expected,
  streams: Readonly<Record<string, string>>,
): readonly string[] {
  const said: string[] = [];
  if (report.grade !== expected.grade || report.exitCode !== expected.exitCode) {
    said.push(`expected ${expected.grade} (${expected.exitCode}), got ${report.grade} (${report.exitCode})`);
  }
  const [first] = report.findings;
  if (expected.primary !== undefined && (first === undefined || !matches(first, expected.primary, streams))) {
    said.push(`expected first ${describe(expected.primary)}`);
  }
  for (const other of expected.also ?? []) {
    if (!report.findings.some((finding) => matches(finding, other, streams))) {
      said.push(`expected also ${describe(other)}`);
    }
  }
  if (expected.exactly !== undefined) {
    const codes = report.findings.map(({ code }) => code).filter((code) => code !== DECLARED);
    if (codes.sort().join() !== [...expected.exactly].sort().join()) {
      said.push(`expected exactly the findings [${expected.exactly.join(', ')}]`);
    }
  }
  if (expected.uncoveredMs !== undefined && report.uncoveredMs !== expected.uncoveredMs) {
    said.push(`expected ${expected.uncoveredMs} ms uncovered, got ${report.uncoveredMs}`);
  }
  for (const { code, from, to } of report.findings) {
    if (from !== undefined && to !== undefined && from > to) {
      said.push(`${code} names the empty range ${from} to ${to}`);
    }
  }
  return said.length === 0 ? said : [...said, `findings: ${report.findings.map(told(streams)).join('; ') || 'none'}`];
}

function matches(finding: Finding, expected: ExpectedFinding, streams: Readonly<Record<string, string>>): boolean {
  return (
    finding.code === expected.code &&
    (expected.stream === undefined || finding.stream === streams[expected.stream]) &&
    (expected.from === undefined || finding.from === expected.from) &&
    (expected.to === undefined || finding.to === expected.to) &&
    (expected.field === undefined || finding.field === expected.field)
  );
}

function describe({ code, stream, from, to, field }: ExpectedFinding): string {
  return `${code} ${stream ?? ''} ${from ?? ''}..${to ?? ''} ${field ?? ''}`;
}

function told(streams: Readonly<Record<string, string>>): (finding: Finding) => string {
  const names = new Map(Object.entries(streams).map(([name, id]) => [id, name]));
  return ({ code, severity, stream, from, to, field }) =>
    `${severity} ${code} ${stream === undefined ? '' : (names.get(stream) ?? stream)} ${from ?? ''}..${to ?? ''} ${field ?? ''}`;
}
