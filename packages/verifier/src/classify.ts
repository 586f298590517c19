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
  if (check('syntax')) addMalformed(items, base, add);
  const strangers = new Set(records.filter((item) => item.streamId !== streamId && context.coveredElsewhere(item)));
  if (check('foreign-stream'))
    for (const item of strangers)
      add(
        'FOREIGN_STREAM',
        item.number ?? base.number + 1,
        item.number ?? last,
        `A record of stream ${item.streamId} stands here.`,
        item.offset,
      );
  const own = records.filter((item) => !strangers.has(item));
  const byNumber = sequence(own, base, last);
  const [first] = placesOf(byNumber);
  if (base.number === 0 && first !== 1 && check('genesis'))
    add(
      'GENESIS_MISSING',
      1,
      first === undefined ? last : first - 1,
      'The stream does not begin with its open record.',
      0,
    );
  const renumbered = [...byNumber].find(([number, item]) => item.number !== number)?.[0];
  const moved = renumbered === undefined ? displaced(own.map((item) => item.number ?? 0)) : undefined;
  if (moved !== undefined && check('order') && missingRanges(byNumber, base.number, last).length === 0)
    add('REORDERED', moved[0], moved[1], `Records ${moved[0]} to ${moved[1]} do not stand in order.`, 0);
  if (found.every((item) => item.code !== 'MALFORMED'))
    for (const [from, to] of missingRanges(byNumber, base.number, last))
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

function addMalformed(items: readonly Item[], base: StreamState, add: Add): void {
  let last = base.number;
  for (const item of items)
    if (item.kind === 'record') last = item.number ?? base.number;
    else if (item.kind === 'bad') add('MALFORMED', last + 1, last + 1, malformedEvidence(item), item.offset);
}

/**
 * Records by the number of their place, which whoever wrote them chose: no list of that length is ever made. One more
 * than the last is among them where there is one.
 */
type Places = ReadonlyMap<number, RecordItem>;

function placesOf(byNumber: Places): readonly number[] {
  return [...byNumber.keys()].sort((a, b) => a - b);
}

function sequence(own: readonly RecordItem[], base: StreamState, last: number): Places {
  const length = last - base.number;
  // Where every number but one is right for its place, and that record names the one before it, only its number was
  // changed: it was not moved.
  const inPlace = own.slice(0, length + 1);
  const wrong = inPlace.flatMap((item, at) => (item.number === base.number + 1 + at ? [] : [at]));
  const [at] = wrong;
  if (inPlace.length >= length && wrong.length === 1 && at !== undefined)
    if (inPlace[at]?.previousHash === (at === 0 ? base.hash : inPlace[at - 1]?.hash))
      return new Map(inPlace.map((item, index) => [base.number + 1 + index, item]));
  const places = new Map<number, RecordItem>();
  const strays: RecordItem[] = [];
  for (const item of own) {
    const number = item.number ?? 0;
    if (number > base.number && number <= last + 1 && !places.has(number)) places.set(number, item);
    else if (number <= last) strays.push(item);
  }
  // A record whose number was changed stands where the missing one should: same place, one stray, one hole.
  const [stray, ...otherStrays] = strays;
  const [hole, ...otherHoles] = missingRanges(places, base.number, last);
  if (stray !== undefined && hole !== undefined && hole[0] === hole[1] && otherStrays.length + otherHoles.length === 0)
    places.set(hole[0], stray);
  return places;
}

function missingRanges(byNumber: Places, base: number, last: number): readonly (readonly [number, number])[] {
  const ranges: [number, number][] = [];
  let next = base + 1;
  for (const number of placesOf(byNumber)) {
    if (number > next) ranges.push([next, number - 1]);
    next = number + 1;
  }
  if (next <= last) ranges.push([next, last]);
  return ranges;
}

function addBrokenLinks(byNumber: Places, context: ClassifyContext, add: Add, renumbered: number | undefined): void {
  const { base, last } = context;
  /** Numbers n whose record does not name the hash of record n - 1. */
  const broken = placesOf(byNumber).filter((number) => {
    const before = number - 1 === base.number ? base : byNumber.get(number - 1);
    return before !== undefined && byNumber.get(number)?.previousHash !== before.hash;
  });
  const [first, second] = broken;
  if (first === undefined) {
    // The last record has no successor whose link would break.
    const item = renumbered === undefined ? undefined : byNumber.get(renumbered);
    if (item !== undefined && renumbered !== undefined)
      add('MODIFIED', renumbered, renumbered, `Record ${renumbered} does not carry that number.`, item.offset);
    return;
  }
  const offset = byNumber.get(first)?.offset ?? 0;
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
  byNumber: Places,
  { base, last, trustedRoot, check }: ClassifyContext,
  number: number,
): boolean {
  const item = byNumber.get(number);
  if (number !== last || byNumber.has(last + 1)) return false;
  if (item === undefined || trustedRoot === undefined || !check('roots')) return false;
  const { previousHash } = item;
  // The attacker writes what he likes there, or nothing.
  if (previousHash === undefined || !/^[0-9a-f]{64}$/.test(previousHash)) return true;
  const tree = base.tree.clone();
  for (const place of placesOf(byNumber))
    tree.append(place === number - 1 ? previousHash : (byNumber.get(place) as RecordItem).hash);
  return tree.root() !== trustedRoot;
}
