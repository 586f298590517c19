// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { type AbsentRecord, findPath, type LinkIndex } from './branch.ts';
import type { CheckSwitch } from './checks.ts';
import type { FindingLog } from './finding-log.ts';
import type { NoteJudgement } from './note-judge.ts';
import type { Item, NoteItem, RecordItem } from './region.ts';
import { isSealingEvent, type StreamState } from './stream-state.ts';

/** A key that signs more histories than this has said enough. */
const MAX_FORKS = 16;

/** What leading the records of a region from note to note brought. */
export interface Branch {
  /** State at the last record under a matched note. */
  readonly head: StreamState;
  /** Records and notes that belong to it. */
  readonly members: ReadonlySet<Item>;
  /** Sealing records on it, and the sizes that have a note. */
  readonly sealing: readonly RecordItem[];
  readonly noted: ReadonlySet<number>;
  /** True where a valid note exists that no records lead to. */
  readonly broken: boolean;
  /** Line index of the closing note, where the branch is closed. */
  readonly closedAt: number | undefined;
  readonly roots: ReadonlyMap<number, string>;
  /** What of it is not here, ascending. */
  readonly absent: readonly AbsentRecord[];
}

/** What {@link followAnchors} works on. */
export interface AnchorInput {
  readonly base: StreamState;
  /** Sizes of notes that proved the base and stand among the items. */
  readonly behind?: readonly number[] | undefined;
  readonly items: readonly Item[];
  readonly links: LinkIndex;
  /** Valid notes in order of lines. */
  readonly anchors: readonly NoteItem[];
  readonly judged: ReadonlyMap<NoteItem, NoteJudgement>;
  readonly source: string;
  readonly rootSizes: readonly number[];
  /** Hashes that the record of a number may have had, where there is none. */
  readonly absent?: ((number: number) => readonly string[]) | undefined;
  readonly check: CheckSwitch;
}

/** Leads the branch from valid note to valid note; stops at the first that no records lead to. */
export function followAnchors(input: AnchorInput, log: FindingLog): Branch {
  const { base, items, links, judged, source, rootSizes, check } = input;
  const head = base.clone();
  const members = new Set<Item>();
  const sealing: RecordItem[] = [];
  const absent: AbsentRecord[] = [];
  const roots = new Map<number, string>();
  const noted = new Map<number, string>(head.number > 0 ? [[head.number, head.tree.root()]] : []);
  let forks = 0;
  let baseNoted = false;
  let closedAt: number | undefined;
  let broken = false;
  const behind = new Set(input.behind);
  const take = (note: NoteItem): void => {
    members.add(note);
    if (head.close?.number === note.checkpoint.size) closedAt ??= note.index;
  };
  for (const note of input.anchors.toSorted((a, b) => a.checkpoint.size - b.checkpoint.size || a.index - b.index)) {
    const { size, root } = note.checkpoint;
    if (noted.has(size) && (noted.get(size) === root || !check('roots'))) {
      // A second copy of a note is no member: where it stands decides what it is.
      if (size === base.number && !baseNoted) {
        take(note);
        baseNoted = true;
      }
      continue;
    }
    if (size < base.number) {
      // The first copy is the one that was proved with the base.
      if (behind.delete(size)) members.add(note);
      continue;
    }
    const goal = check('roots') ? { root } : { hash: hashOf(items, size) };
    const path = size > head.number ? findPath(head, links, size, goal, input.absent) : undefined;
    if (path !== undefined) {
      for (const item of path) {
        if (item.kind === 'absent') {
          head.passOver(item.hash);
          absent.push(item);
          continue;
        }
        members.add(item);
        head.append(item.hash);
        if (item.payload !== undefined) head.control(item.payload, source, check);
        if (rootSizes.includes(head.number)) roots.set(head.number, head.tree.root());
        if (isSealingEvent(item.payload?.eventName)) sealing.push(item);
      }
      noted.set(size, root);
      take(note);
      const excused = judged.get(note)?.excused;
      if (excused !== undefined)
        log.add({
          code: 'NOTE_INVALID',
          from: size,
          to: size,
          offset: note.offset,
          evidence: `The note over ${size} records is not valid: ${excused}.`,
        });
      continue;
    }
    // Whatever branch there is begins at the base or behind it: one search finds it.
    if (forks === MAX_FORKS) break;
    const other = check('equivocation') ? findPath(base, links, size, { root }) : undefined;
    if (other === undefined) {
      broken = true;
      break;
    }
    forks += 1;
    const from = other.find((item) => item.kind === 'absent' || !members.has(item))?.number ?? size;
    log.add({
      code: 'EQUIVOCATION',
      from,
      to: size,
      offset: note.offset,
      evidence: `Two histories of records ${from} to ${size} each stand under a note of the stream's key.`,
    });
    members.add(note);
  }
  return { head, members, sealing, noted: new Set(noted.keys()), broken, closedAt, roots, absent };
}

function hashOf(items: readonly Item[], number: number): string {
  const item = items.find((candidate) => candidate.kind === 'record' && candidate.number === number);
  return item?.kind === 'record' ? item.hash : '';
}
