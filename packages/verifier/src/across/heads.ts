// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { KnownHead } from '../known-heads.ts';
import type { Outcome } from '../outcome.ts';
import type { Streams } from './streams.ts';

/** Compares the streams with what earlier verifications have seen of them. */
export function compareKnownHeads(streams: Streams): void {
  const { knownHeads, outcomes, complete, check } = streams.input;
  if (knownHeads === undefined || !check('known-heads')) return;
  for (const [id, head] of knownHeads.streams) {
    const outcome = outcomes.get(id);
    if (outcome === undefined || outcome.findings.some((finding) => finding.severity === 'tampered')) continue;
    const { number } = outcome.state;
    // A power cut may take notes that were seen; the records that they cover were on the disk before they were signed.
    if (holdsKnown(outcome, head)) continue;
    if (number < head.size) {
      const here = outcome.tail?.state.number ?? number;
      const evidence = `An earlier verification saw ${head.size} records under a note; ${number} are under one here.`;
      streams.add(id, { code: 'TRUNCATED', from: Math.min(here + 1, head.size), to: head.size, evidence });
    } else if (outcome.roots.get(head.size) !== head.root)
      streams.add(id, {
        code: 'EQUIVOCATION',
        from: 1,
        to: head.size,
        evidence: `An earlier verification saw another history of its first ${head.size} records.`,
      });
  }
  if (complete) findAbsent(streams);
}

/** Whether the records behind the last note are those that an earlier verification saw under one; closing notes are synced. */
export function holdsKnown({ tail }: Outcome, head: KnownHead | undefined): boolean {
  return head?.closed === false && tail?.roots.get(head.size) === head.root;
}

/** The newest stream of a writer absent, and all later ones: rolled back. An older one absent: deleted. */
function findAbsent(streams: Streams): void {
  const { knownHeads, policy } = streams.input;
  const absent = (id: string): boolean => {
    const head = knownHeads?.streams.get(id);
    return streams.isAbsent(id) && !streams.isPruned(id, { deployment: head?.deployment, head });
  };
  const ours = (deployment: string | undefined): boolean =>
    deployment === undefined || policy?.deployments.has(deployment) !== false;
  const followed = new Set(streams.predecessors.values());
  const rolledBack = [...(knownHeads?.writers.values() ?? [])].filter(
    (newest) => absent(newest) && !followed.has(newest) && ours(knownHeads?.streams.get(newest)?.deployment),
  );
  for (const newest of rolledBack)
    streams.add(newest, {
      code: 'ROLLBACK',
      evidence: `An earlier verification saw this stream as the newest of its writer; neither it nor a later one is here.${streams.otherThanDeclared(newest)}`,
    });
  if (rolledBack.length > 0) return;
  const missing = streams.findings.filter((finding) => finding.code === 'STREAM_MISSING');
  const told = new Set(missing.map((finding) => finding.stream));
  for (const [id, head] of knownHeads?.streams ?? []) {
    if (!absent(id) || told.has(id) || !ours(head.deployment)) continue;
    streams.add(id, {
      code: 'STREAM_MISSING',
      from: 1,
      to: head.size,
      evidence: `An earlier verification saw ${head.size} records of it, and it is not here.${streams.otherThanDeclared(id)}`,
    });
  }
}
