// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { createHash } from 'node:crypto';
import type { VectorCase } from './case.ts';
import { vectorCases } from './cases.ts';

const ABOUT =
  'Each case: verify the segments of "files" (name of the segment to file in this directory) as one source, with "trust" as ' +
  'trust policy (null: none), "known_heads" if given, at "now" (ms since 1970). "complete" false: the source does not claim to ' +
  'hold every stream. "findings" are all there are, in any order; a member that is absent must be absent.';

/** Files of docs/spec/vectors/streams by name. Equal segments are stored once. */
export function vectorFiles(): ReadonlyMap<string, Buffer> {
  const files = new Map<string, Buffer>();
  const stored = new Map<string, string>();
  const cases = vectorCases().map((one) => caseEntry(one, files, stored));
  files.set('expected.json', Buffer.from(`${JSON.stringify({ about: ABOUT, cases }, null, 2)}\n`));
  files.set('README.md', Buffer.from(readme(vectorCases())));
  return files;
}

function caseEntry(one: VectorCase, files: Map<string, Buffer>, stored: Map<string, string>): object {
  const given: Record<string, string> = {};
  let count = 0;
  for (const [segment, bytes] of one.files) {
    count += 1;
    const digest = createHash('sha256').update(bytes).digest('hex');
    const name = stored.get(digest) ?? `${one.name}${one.files.size > 1 ? `-${count}` : ''}.ndjson`;
    stored.set(digest, name);
    files.set(name, Buffer.from(bytes));
    given[segment] = name;
  }
  return {
    name: one.name,
    what: one.what,
    files: given,
    complete: one.complete ?? true,
    trust: one.trust,
    ...(one.knownHeads === undefined ? {} : { known_heads: one.knownHeads }),
    now: one.now,
    grade: one.verdict.grade,
    exit_code: one.verdict.exitCode,
    findings: one.verdict.findings,
  };
}

function readme(cases: readonly VectorCase[]): string {
  const rows = cases.map(
    ({ name, what, verdict: { grade, exitCode } }) => `| \`${name}\` | ${what} | ${grade}, ${exitCode} |`,
  );
  return `# Streams and their verdicts

Whole small streams, genuine and tampered with, each with the exact verdict that [verification.md](../../verification.md)
leads to. \`expected.json\` says for each case which files are given, the trust policy, known heads, the time of
verification, grade, exit code and every finding. Equal segments are stored once, under the name of the case that has them
first.

Made by \`node test/attacks/vectors/generate.ts\`; a test holds the files to it. All keys are made from fixed labels at that
moment, so they protect nothing: never trust them for anything but these files.

| case | what was done | verdict, exit code |
| --- | --- | --- |
${rows.join('\n')}
`;
}
