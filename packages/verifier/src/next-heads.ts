// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Streams } from './across/streams.ts';
import type { KnownHead, KnownHeads } from './known-heads.ts';

/** Known heads after a verification: what was known, moved forward by every trusted stream. */
export function nextHeads(resolved: Streams): KnownHeads {
  const { outcomes, knownHeads } = resolved.input;
  const streams = new Map<string, KnownHead>(knownHeads?.streams);
  const writers = new Map<string, string>(knownHeads?.writers);
  const followed = new Set(resolved.predecessors.values());
  for (const [id, { state, closed }] of outcomes) {
    const proved = resolved.trusted.has(id) || resolved.vouched.has(id);
    if (!proved || state.number === 0 || state.open === undefined) continue;
    if ((streams.get(id)?.size ?? 0) <= state.number)
      streams.set(id, { deployment: state.open.deployment, size: state.number, root: state.tree.root(), closed });
    if (followed.has(id)) continue;
    const lineage = lineageOf(id, resolved.predecessors);
    const known = [...writers].find(([first, newest]) => lineage.includes(first) || lineage.includes(newest));
    writers.set(known?.[0] ?? (lineage.at(-1) as string), id);
  }
  return { streams, writers };
}

/** A stream and all before it in its writer, newest first. */
function lineageOf(id: string, predecessors: ReadonlyMap<string, string>): readonly string[] {
  const lineage = [id];
  for (let before = predecessors.get(id); before !== undefined; before = predecessors.get(before)) {
    if (lineage.includes(before)) break;
    lineage.push(before);
  }
  return lineage;
}
