// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { CheckSwitch } from './checks.ts';
import { asAbsent, coveredAtMs } from './delivery.ts';
import { FindingLog } from './finding-log.ts';
import type { Finding } from './findings.ts';
import type { Outcome } from './outcome.ts';
import { readRegion } from './region.ts';
import { scanSegment } from './scan.ts';

/** The copy that stands for a stream, and what its other copies say against it. */
export interface Reconciled {
  readonly best: Outcome;
  readonly findings: readonly Finding[];
}

/** Several files of one stream: the longest under authorised keys stands for it, the others must agree with it. */
export async function reconcileCopies(id: string, copies: readonly Outcome[], check: CheckSwitch): Promise<Reconciled> {
  const [best, ...others] = copies.toSorted(
    (a, b) =>
      Number(b.authorised) - Number(a.authorised) ||
      b.state.number - a.state.number ||
      Number(tampered(a)) - Number(tampered(b)) ||
      (b.tail?.records ?? 0) - (a.tail?.records ?? 0),
  ) as [Outcome, ...Outcome[]];
  const sizes = others.map((other) => other.state.number).filter((size) => size < best.state.number);
  const roots = sizes.length === 0 ? new Map<number, string>() : await rootsAt(best, sizes);
  roots.set(best.state.number, best.state.tree.root());
  const findings = others.flatMap((other) => {
    const log = new FindingLog(other.segment.name, id);
    if (other.state.number > 0) compare(best, other, roots.get(other.state.number), check, log);
    else if (other.wellFormed > 0 && best.state.number > 0) addTruncated(best, other, check, log);
    return log.findings;
  });
  return { best, findings };
}

/** @param root - What stands for the stream has this root over as many records; undefined where it was tampered with. */
function compare(best: Outcome, other: Outcome, root: string | undefined, check: CheckSwitch, log: FindingLog): void {
  const { number } = other.state;
  if (best.authorised && !other.authorised) {
    if (check('authorisation'))
      log.add({
        code: 'KEY_NOT_AUTHORISED',
        evidence: `It claims to be the stream of ${best.segment.name}, under keys that nothing vouches for.`,
      });
  } else if (root !== undefined && root !== other.state.tree.root()) {
    const from = firstDifference(best, other);
    if (check('equivocation'))
      log.add({
        code: 'EQUIVOCATION',
        from,
        to: from,
        evidence: `${best.segment.name} holds another history from record ${from} on; each stands under a note of the stream's key.`,
      });
  } else if (number < best.state.number) addTruncated(best, other, check, log);
  else if (check('duplicates'))
    log.add({
      code: 'DUPLICATE_IDENTICAL',
      severity: 'info',
      from: 1,
      to: number,
      evidence: `It holds the same records under notes as ${best.segment.name}.`,
    });
}

function addTruncated(best: Outcome, other: Outcome, check: CheckSwitch, log: FindingLog): void {
  if (tampered(other) || !check('copies')) return;
  const { number } = other.state;
  const from = Math.min((other.tail?.state.number ?? number) + 1, best.state.number);
  const entry = {
    code: 'TRUNCATED',
    from,
    to: best.state.number,
    evidence: `${best.segment.name} holds ${best.state.number} records under notes, this one ${number}.`,
  } as const;
  log.add(asAbsent(other, entry, coveredAtMs(other, from)));
}

function tampered(outcome: Outcome): boolean {
  return outcome.findings.some((finding) => finding.severity === 'tampered');
}

/** One reading of the file for all of its copies: there may be many short ones of a long one. */
async function rootsAt({ segment }: Outcome, sizes: readonly number[]): Promise<Map<number, string>> {
  const wanted = [...new Set(sizes)].sort((a, b) => a - b);
  const scan = await scanSegment(segment, { strict: false, check: () => true, rootSizes: () => wanted });
  return new Map(scan.roots);
}

function firstDifference(a: Outcome, b: Outcome): number {
  const hashes = [a, b].map((outcome) =>
    readRegion(outcome.segment, 0).items.flatMap((item) => (item.kind === 'record' ? [item.hash] : [])),
  );
  const [left, right] = hashes as [string[], string[]];
  const at = left.findIndex((hash, index) => hash !== right[index]);
  return at === -1 ? left.length + 1 : at + 1;
}
