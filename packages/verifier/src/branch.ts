// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Item, RecordItem } from './region.ts';
import type { StreamState } from './stream-state.ts';

/** Paths tried before a region counts as unlinkable; an attacker may fork the chain as often as he likes. */
const MAX_STEPS = 20_000;

/** Records of a region by the hash of the record they name as predecessor; genesis candidates under ''. */
export type LinkIndex = ReadonlyMap<string, readonly RecordItem[]>;

export function indexLinks(items: readonly Item[]): LinkIndex {
  const index = new Map<string, RecordItem[]>();
  for (const item of items) {
    if (item.kind !== 'record') continue;
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

/**
 * Finds the records that lead from `state` to a tree of `size` leaves with `root`, or to the record of number `size`
 * with `hash`. Among several candidates for a number only the root or hash decides.
 */
export function findPath(
  state: StreamState,
  links: LinkIndex,
  size: number,
  goal: { readonly root: string } | { readonly hash: string },
): readonly RecordItem[] | undefined {
  const streamId = state.open?.streamId;
  let steps = 0;
  // Depth first with an explicit stack: a fork of the chain costs one entry, a straight chain none.
  const stack: { tree: StreamState['tree']; path: RecordItem[]; number: number; hash: string | undefined }[] = [
    { tree: state.tree.clone(), path: [], number: state.number, hash: state.hash },
  ];
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    let { number, hash } = top;
    const { tree, path } = top;
    while (number < size) {
      steps += 1;
      if (steps > MAX_STEPS + size - state.number) return undefined;
      const next = successors(links, number, hash, streamId ?? path[0]?.streamId);
      const [first, ...others] = next;
      if (first === undefined) break;
      for (const other of others) {
        const forked = tree.clone();
        forked.append(other.hash);
        stack.push({ tree: forked, path: [...path, other], number: number + 1, hash: other.hash });
      }
      tree.append(first.hash);
      path.push(first);
      number += 1;
      hash = first.hash;
    }
    if (number === size && ('root' in goal ? tree.root() === goal.root : hash === goal.hash)) return path;
  }
  return undefined;
}
