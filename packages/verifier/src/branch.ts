// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Item, RecordItem } from './region.ts';
import type { StreamState } from './stream-state.ts';

/** Records of a region by the hash of the record they name as predecessor; genesis candidates under ''. */
export type LinkIndex = ReadonlyMap<string, readonly RecordItem[]>;

/**
 * Of records with the same bytes only the first is kept. Every record names one predecessor, so that what remains is a
 * forest: no record is reached in two ways, and a search through it takes as many steps as there are records.
 */
export function indexLinks(items: readonly Item[]): LinkIndex {
  const index = new Map<string, RecordItem[]>();
  const seen = new Set<string>();
  for (const item of items) {
    if (item.kind !== 'record' || seen.has(item.hash)) continue;
    seen.add(item.hash);
    const key = item.previousHash ?? '';
    const list = index.get(key);
    if (list === undefined) index.set(key, [item]);
    else list.push(item);
  }
  return index;
}

/** Records that may follow a record of this number and hash in this stream. */
export function successors(
  links: LinkIndex,
  number: number,
  hash: string | undefined,
  streamId: string | undefined,
): readonly RecordItem[] {
  const candidates = links.get(hash ?? '') ?? [];
  return candidates.filter(
    (item) => item.number === number + 1 && (streamId === undefined || item.streamId === streamId),
  );
}

/** A number whose record is not here. */
export interface AbsentRecord {
  readonly kind: 'absent';
  readonly number: number;
  /** What its hash has to be for the note to be as it is. */
  readonly hash: string;
}

/** What stands at one number of a path. */
export type Passed = RecordItem | AbsentRecord;

interface Step {
  readonly item: Passed;
  readonly before: Step | undefined;
}

interface Place {
  readonly tree: StreamState['tree'];
  readonly last: Step | undefined;
  readonly number: number;
  readonly hash: string | undefined;
}

/**
 * Finds the records that lead from `state` to a tree of `size` leaves with `root`, or to the record of number `size`
 * with `hash`. Among several candidates for a number only the root or hash decides.
 *
 * @param absent - Hashes that the record of a number may have had, where there is none.
 */
export function findPath(
  state: StreamState,
  links: LinkIndex,
  size: number,
  goal: { readonly root: string } | { readonly hash: string },
  absent: (number: number) => readonly string[] = () => [],
): readonly Passed[] | undefined {
  const streamId = state.open?.streamId;
  // Depth first with an explicit stack: a fork of the chain costs one entry, a straight chain none.
  const stack: Place[] = [{ tree: state.tree.clone(), last: undefined, number: state.number, hash: state.hash }];
  for (let place = stack.pop(); place !== undefined; place = stack.pop()) {
    const { tree } = place;
    let { last, number, hash } = place;
    while (number < size) {
      const present = successors(links, number, hash, streamId ?? streamOf(last));
      const next = number + 1;
      const [first, ...others]: readonly Passed[] =
        present.length > 0 ? present : absent(next).map((it) => ({ kind: 'absent', number: next, hash: it }));
      if (first === undefined) break;
      for (const item of others) {
        const forked = tree.clone();
        forked.append(item.hash);
        stack.push({ tree: forked, last: { item, before: last }, number: number + 1, hash: item.hash });
      }
      tree.append(first.hash);
      last = { item: first, before: last };
      number += 1;
      hash = first.hash;
    }
    if (number === size && ('root' in goal ? tree.root() === goal.root : hash === goal.hash)) return pathOf(last);
  }
  return undefined;
}

function streamOf(step: Step | undefined): string | undefined {
  return step?.item.kind === 'record' ? step.item.streamId : undefined;
}

function pathOf(last: Step | undefined): readonly Passed[] {
  const path: Passed[] = [];
  for (let step = last; step !== undefined; step = step.before) path.push(step.item);
  return path.reverse();
}
