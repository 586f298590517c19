// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Streams } from './across/streams.ts';
import type { Finding } from './findings.ts';
import type { KnownHead, KnownHeads } from './known-heads.ts';

/**
 * Known heads after a verification: what was known, moved forward by every trusted stream that nothing speaks against.
 * What an alarm is about stays as it was, or the next run would take what was altered for what is known.
 */
export function nextHeads(resolved: Streams, findings: readonly Finding[]): KnownHeads {
  const { outcomes, knownHeads } = resolved.input;
  const streams = new Map<string, KnownHead>(knownHeads?.streams);
  const writers = new Map<string, string>(knownHeads?.writers);
  const alarmed = new Set(findings.flatMap(({ severity, stream }) => (severity === 'tampered' ? [stream] : [])));
  forgetPruned(resolved, streams, writers);
  const writerOf = new Map([...writers].flatMap(([first, newest]) => [[newest, first] as const]));
  const followed = new Set(resolved.predecessors.values());
  for (const [id, { state, closed }] of outcomes) {
    const proved = resolved.trusted.has(id) || resolved.vouched.has(id);
    if (!proved || alarmed.has(id) || state.number === 0 || state.open === undefined) continue;
    if ((streams.get(id)?.size ?? 0) <= state.number)
      streams.set(id, { deployment: state.open.deployment, size: state.number, root: state.tree.root(), closed });
    if (followed.has(id)) continue;
    const lineage = lineageOf(id, resolved.predecessors);
    const descended = lineage.find((before) => writerOf.has(before));
    // A writer's newest stream gives way to one that follows it, never to one before it.
    if (descended !== undefined) writers.set(writerOf.get(descended) as string, id);
    // One that is known already and yet of no writer known has lost its place to an alarm.
    else if (!lineage.some((before) => writers.has(before)) && knownHeads?.streams.has(id) !== true)
      writers.set(lineage.at(-1) as string, id);
  }
  return { streams, writers };
}

/** A prune record may itself be pruned one day: what it excused must be forgotten while it is still here to say so. */
function forgetPruned(resolved: Streams, streams: Map<string, KnownHead>, writers: Map<string, string>): void {
  for (const [id, head] of streams)
    if (resolved.isAbsent(id) && resolved.isPruned(id, { deployment: head.deployment, head })) {
      streams.delete(id);
      // Where a later stream of the writer is known it takes the place; the name of the writer says nothing.
      for (const [first, newest] of writers)
        if (newest === id && ![...resolved.predecessors.values()].includes(id)) writers.delete(first);
    }
}

/** A stream and all before it in its writer, newest first. */
function lineageOf(id: string, predecessors: ReadonlyMap<string, string>): readonly string[] {
  const lineage = new Set([id]);
  for (let before = predecessors.get(id); before !== undefined; before = predecessors.get(before)) {
    if (lineage.has(before)) break;
    lineage.add(before);
  }
  return [...lineage];
}
