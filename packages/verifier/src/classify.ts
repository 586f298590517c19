// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { CheckSwitch } from './checks.ts';
import type { FindingCode } from './findings.ts';
import { displaced } from './order.ts';
import type { BadItem, Item, RecordItem } from './region.ts';
import type { StreamState } from './stream-state.ts';

/** What is wrong with a region whose records lead to no trusted note, the primary code first. */
export interface Classified {
  readonly code: FindingCode;
  readonly from: number;
  readonly to: number;
  readonly evidence: string;
  readonly offset?: number;
}

/** What the classification needs to know beside the lines themselves. */
export interface ClassifyContext {
  readonly base: StreamState;
  /** Number of the last record under the last trusted note, or pinned by a successor. */
  readonly last: number;
  readonly check: CheckSwitch;
  /** Root that the trusted note over `last` records signs, where there is one. */
  readonly trustedRoot?: string | undefined;
  /** Whether a record is covered by a note of another stream in the same sources. */
  readonly coveredElsewhere: (item: RecordItem) => boolean;
}

/**
 * Names what happened between a proved record and a trusted note that nothing here leads to. The order is that of
 * the evidence format, section 5: the first code that applies is the primary one, the rest are secondary.
 */
export function classify(items: readonly Item[], context: ClassifyContext): readonly Classified[] {
  const { base, last, check } = context;
  const records = items.filter((item) => item.kind === 'record');
  const streamId = base.open?.streamId ?? records[0]?.streamId;
  const found: Classified[] = [];
  const add = (code: FindingCode, from: number, to: number, evidence: string, offset: number): void => {
    found.push({ code, from, to, evidence, ...(offset === 0 ? {} : { offset }) });
  };
  if (check('syntax')) for (const bad of items) if (bad.kind === 'bad') addMalformed(bad, items, base, add);
  const strangers = records.filter((item) => item.streamId !== streamId && context.coveredElsewhere(item));
  if (check('foreign-stream'))
    for (const item of strangers)
      add(
        'FOREIGN_STREAM',
        item.number ?? base.number + 1,
        item.number ?? last,
        `A record of stream ${item.streamId} stands here.`,
        item.offset,
      );
  const own = records.filter((item) => !strangers.includes(item));
  const byNumber = sequence(own, base, last);
  if (base.number === 0 && byNumber[0] === undefined && check('genesis')) {
    const first = byNumber.findIndex((item) => item !== undefined);
    const to = first === -1 ? last : first;
    add('GENESIS_MISSING', 1, to, 'The stream does not begin with its open record.', 0);
  }
  const renumbered = byNumber.findIndex((item, at) => item !== undefined && item.number !== base.number + 1 + at);
  const moved = renumbered === -1 ? displaced(own.map((item) => item.number ?? 0)) : undefined;
  if (moved !== undefined && check('order') && missingRanges(byNumber, base.number).length === 0)
    add('REORDERED', moved[0], moved[1], `Records ${moved[0]} to ${moved[1]} do not stand in order.`, 0);
  if (found.every((item) => item.code !== 'MALFORMED'))
    for (const [from, to] of missingRanges(byNumber, base.number))
      if (!(from === 1 && base.number === 0) && check('links'))
        add(
          'RECORD_MISSING',
          from,
          to,
          from === to ? `No record has number ${from}.` : `No records have numbers ${from} to ${to}.`,
          0,
        );
  if (check('links')) addBrokenLinks(byNumber, context, add, renumbered);
  if (found.length === 0 && check('roots'))
    add(
      'SEAL_MISMATCH',
      base.number + 1,
      last,
      'The records link, but their root is not the one that the trusted note signs.',
      0,
    );
  return found;
}

/** One sentence on a line that is neither a record nor a note. */
export function malformedEvidence(bad: BadItem): string {
  return `The line is not a record or a note of the exact form: ${bad.reason}.`;
}

type Add = (code: FindingCode, from: number, to: number, evidence: string, offset: number) => void;

function addMalformed(bad: BadItem, items: readonly Item[], base: StreamState, add: Add): void {
  const before = items.slice(0, bad.index).findLast((item) => item.kind === 'record');
  const number = (before?.kind === 'record' ? (before.number ?? base.number) : base.number) + 1;
  add('MALFORMED', number, number, malformedEvidence(bad), bad.offset);
}

/** The records by number, `result[i]` being number `base + 1 + i`, one more than `last` where there is one. */
function sequence(own: readonly RecordItem[], base: StreamState, last: number): readonly (RecordItem | undefined)[] {
  const length = last - base.number;
  // Where every number but one is right for its place, and that record names the one before it, only its number was
  // changed: it was not moved.
  const inPlace = own.slice(0, length + 1);
  const wrong = inPlace.flatMap((item, at) => (item.number === base.number + 1 + at ? [] : [at]));
  const [at] = wrong;
  if (inPlace.length >= length && wrong.length === 1 && at !== undefined)
    if (inPlace[at]?.previousHash === (at === 0 ? base.hash : inPlace[at - 1]?.hash)) return inPlace;
  const result: (RecordItem | undefined)[] = new Array<RecordItem | undefined>(last - base.number).fill(undefined);
  const strays: RecordItem[] = [];
  for (const item of own) {
    const at = (item.number ?? 0) - base.number - 1;
    if (at === last - base.number && result.length === at) result.push(item);
    else if (at >= 0 && at < last - base.number && result[at] === undefined) result[at] = item;
    else if (at < last - base.number) strays.push(item);
  }
  // A record whose number was changed stands where the missing one should: same place, one stray, one hole.
  const holes = result.flatMap((item, at) => (item === undefined ? [at] : []));
  if (holes.length === 1 && strays.length === 1) result[holes[0] as number] = strays[0];
  return result;
}

function missingRanges(
  byNumber: readonly (RecordItem | undefined)[],
  base: number,
): readonly (readonly [number, number])[] {
  const ranges: [number, number][] = [];
  byNumber.forEach((item, at) => {
    if (item !== undefined) return;
    const number = base + 1 + at;
    const open = ranges.at(-1);
    if (open !== undefined && open[1] === number - 1) open[1] = number;
    else ranges.push([number, number]);
  });
  return ranges;
}

function addBrokenLinks(
  byNumber: readonly (RecordItem | undefined)[],
  context: ClassifyContext,
  add: Add,
  renumbered: number,
): void {
  const { base, last } = context;
  /** Numbers n whose record does not name the hash of record n - 1. */
  const broken: number[] = [];
  let previous: string | undefined = base.hash;
  byNumber.forEach((item, at) => {
    const known = at === 0 || byNumber[at - 1] !== undefined;
    if (item !== undefined && known && item.previousHash !== previous) broken.push(base.number + 1 + at);
    previous = item?.hash;
  });
  const [first, second] = broken;
  if (first === undefined) {
    // The last record has no successor whose link would break.
    const item = byNumber[renumbered];
    const number = base.number + 1 + renumbered;
    if (item !== undefined)
      add('MODIFIED', number, number, `Record ${number} does not carry that number.`, item.offset);
    return;
  }
  const offset = byNumber[first - base.number - 1]?.offset ?? 0;
  const one = 'does not have the hash that the next record names';
  if (broken.length === 1) {
    const number = first - 1 > base.number && !onlyItsReference(byNumber, context, first) ? first - 1 : first;
    add(
      'MODIFIED',
      number,
      number,
      `Record ${number} ${number === first ? 'does not name the hash of the one before it' : one}.`,
      offset,
    );
  } else if (broken.length === 2 && second === first + 1) {
    add('MODIFIED', first, first, `Record ${first} ${one}, and does not name the hash of the one before it.`, offset);
  } else {
    const to = Math.min(broken.at(-1) as number, last);
    add(
      'CHAIN_BROKEN',
      first,
      to,
      `${broken.length} links are broken, at records ${broken.slice(0, 8).join(', ')}${broken.length > 8 ? ', …' : ''}.`,
      offset,
    );
  }
}

/**
 * One link is broken, to record `number`, and none behind it: either the record before was changed or the link itself
 * was. Behind the last record no further link tells which; the root does, if the linked hash in its place leads to it.
 */
function onlyItsReference(
  byNumber: readonly (RecordItem | undefined)[],
  { base, last, trustedRoot, check }: ClassifyContext,
  number: number,
): boolean {
  const item = byNumber[number - base.number - 1];
  if (number !== last || byNumber.length > last - base.number) return false;
  if (item === undefined || trustedRoot === undefined || !check('roots')) return false;
  const { previousHash } = item;
  // The attacker writes what he likes there, or nothing.
  if (previousHash === undefined || !/^[0-9a-f]{64}$/.test(previousHash)) return true;
  const tree = base.tree.clone();
  byNumber.forEach((record, at) => {
    const hash = base.number + 2 + at === number ? previousHash : record?.hash;
    if (hash !== undefined) tree.append(hash);
  });
  return tree.root() !== trustedRoot;
}
