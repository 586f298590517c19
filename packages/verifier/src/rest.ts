// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { createHash } from 'node:crypto';
import type { Branch } from './anchors.ts';
import type { CheckSwitch } from './checks.ts';
import { malformedEvidence } from './classify.ts';
import type { FindingLog } from './finding-log.ts';
import type { NoteJudgement } from './note-judge.ts';
import type { Item, NoteItem, RecordItem, Region } from './region.ts';
import type { StreamState } from './stream-state.ts';
import { couldBeTornNote } from './torn-note.ts';

/** What lies behind the last trusted note of a stream that is not closed. */
export interface Tail {
  /** State at the last record that still links. */
  readonly state: StreamState;
  readonly records: number;
  /** The earliest time that one of them states, ms; infinite without any. */
  readonly earliestMs: number;
  /** Hashes of those records, 32 bytes each, in order. */
  readonly hashes: Buffer;
  /** Roots over records of the tail at the sizes asked for, base64. */
  readonly roots: ReadonlyMap<number, string>;
  /** Byte offset behind the last line that is valid. */
  readonly validEnd: number;
  readonly tornBytes: number;
  /** Hex SHA-256 of the torn bytes. */
  readonly tornSha256: string;
}

/** What {@link judgeRest} works on. */
export interface RestInput {
  readonly region: Region;
  /** Byte offset of the region in the segment. */
  readonly offset: number;
  readonly branch: Branch;
  /** Line index of the last valid note. */
  readonly lastAnchor: number;
  readonly judged: ReadonlyMap<NoteItem, NoteJudgement>;
  readonly source: string;
  readonly rootSizes: readonly number[];
  readonly check: CheckSwitch;
  readonly coveredElsewhere: (item: RecordItem) => boolean;
}

/**
 * Judges every line that is not of the proved branch, and finds the stream's own tail: records behind the last note
 * that still link, then what a crash may have torn. Whatever is invalid before a valid note is tampering.
 */
export function judgeRest(input: RestInput, log: FindingLog): Tail | undefined {
  const { region, offset, branch, lastAnchor, judged, source, check } = input;
  const { head, members, broken, closedAt } = branch;
  const tail = head.clone();
  let ended = false;
  let torn: number | undefined;
  const hashes: string[] = [];
  const roots = new Map<number, string>();
  let earliestMs = Number.POSITIVE_INFINITY;
  let lastNumber = head.number;
  for (const item of region.items) {
    if (item.kind === 'record') lastNumber = item.number ?? head.number;
    if (closedAt !== undefined && item.index > closedAt) judgeBehindEnd(item, head.number, check, log);
    else if (members.has(item)) judgeMember(item, head, check, log);
    else if (torn !== undefined) continue;
    else if (item.kind === 'record' && !broken && !ended && follows(item, tail)) {
      tail.append(item.hash);
      if (item.payload !== undefined) tail.control(item.payload, source, check);
      ended = item.end || item.payload?.eventName === 'stepseal.stream.close';
      hashes.push(item.hash);
      earliestMs = Math.min(earliestMs, item.timeMs ?? Number.NEGATIVE_INFINITY);
      if (input.rootSizes.includes(tail.number)) roots.set(tail.number, tail.tree.root());
    } else if (item.index <= lastAnchor) judgeBeforeNote(item, lastNumber, input, log);
    else if (ended && !(item.kind === 'bad' && couldBeTornNote(item)))
      judgeDamagedEnd(item, tail.number, judged, check, log);
    else torn = item.offset;
  }
  if (closedAt !== undefined) return undefined;
  const tornAt = torn ?? region.end;
  const bytes = region.bytes.subarray(tornAt - offset);
  const tornSha256 = createHash('sha256').update(bytes).digest('hex');
  return {
    state: tail,
    records: hashes.length,
    earliestMs,
    hashes: Buffer.from(hashes.join(''), 'hex'),
    roots,
    validEnd: tornAt,
    tornBytes: bytes.length,
    tornSha256,
  };
}

function follows(item: RecordItem, tail: StreamState): boolean {
  const { number, hash, open } = tail;
  if (item.number !== number + 1 || item.previousHash !== hash) return false;
  return open === undefined || item.streamId === open.streamId;
}

/** Records that the stream's own key sealed behind its close record. */
function judgeMember(item: Item, head: StreamState, check: CheckSwitch, log: FindingLog): void {
  const { number: last = Number.POSITIVE_INFINITY } = head.close ?? {};
  if (item.kind !== 'record' || item.number === undefined || item.number <= last || !check('after-end')) return;
  const { number, offset } = item;
  const evidence = `A record stands behind the close record, number ${last}.`;
  log.add({ code: 'AFTER_END', from: number, to: number, offset, evidence });
}

function judgeBehindEnd(item: Item, last: number, check: CheckSwitch, log: FindingLog): void {
  const { offset } = item;
  if (item.kind === 'record') {
    const number = item.number ?? last;
    if (check('after-end'))
      log.add({
        code: 'AFTER_END',
        from: number,
        to: number,
        offset,
        evidence: `A record stands behind the closing note over ${last} records.`,
      });
  } else if (check('trailing-data'))
    log.add({ code: 'TRAILING_DATA', from: last, to: last, offset, evidence: 'Bytes stand behind the closing note.' });
}

function judgeBeforeNote(item: Item, number: number, input: RestInput, log: FindingLog): void {
  const { branch, check, coveredElsewhere, judged } = input;
  const { head, broken } = branch;
  const { offset } = item;
  if (item.kind === 'note') {
    const problem = judged.get(item)?.problem;
    const { size } = item.checkpoint;
    if (problem !== undefined) addInvalidNote(item, problem, check, log);
    else if (!broken && check('off-branch'))
      log.add({
        code: 'INSERTED',
        from: size,
        to: size,
        offset,
        evidence: `A second copy of the note over ${size} records.`,
      });
  } else if (broken) return;
  else if (item.kind === 'bad') {
    if (check('syntax'))
      log.add({ code: 'MALFORMED', from: number, to: number, offset, evidence: malformedEvidence(item) });
  } else if (item.streamId !== head.open?.streamId && coveredElsewhere(item)) {
    if (check('foreign-stream'))
      log.add({
        code: 'FOREIGN_STREAM',
        ...rangeOf(item),
        offset,
        evidence: `A record of stream ${item.streamId} stands here.`,
      });
  } else if (check('off-branch'))
    log.add({
      code: 'INSERTED',
      ...rangeOf(item),
      offset,
      evidence: `A record numbered ${item.number ?? 'not at all'} stands here that no note covers.`,
    });
}

function rangeOf(item: RecordItem): { from: number; to: number } | Record<never, never> {
  return item.number === undefined ? {} : { from: item.number, to: item.number };
}

/** A close record is there, and what stands where its note should be is no torn write. */
function judgeDamagedEnd(
  item: Item,
  number: number,
  judged: ReadonlyMap<NoteItem, NoteJudgement>,
  check: CheckSwitch,
  log: FindingLog,
): void {
  const at = { from: number, to: number, offset: item.offset };
  if (item.kind === 'note') addInvalidNote(item, judged.get(item)?.problem ?? 'no records lead to it', check, log);
  else if (item.kind === 'record')
    log.add({ code: 'AFTER_END', ...at, evidence: 'A record stands behind the close record.' });
  else if (check('syntax')) log.add({ code: 'MALFORMED', ...at, evidence: malformedEvidence(item) });
}

function addInvalidNote(item: NoteItem, problem: string, check: CheckSwitch, log: FindingLog): void {
  const { size } = item.checkpoint;
  if (check('note-signatures'))
    log.add({
      code: 'NOTE_INVALID',
      from: size,
      to: size,
      offset: item.offset,
      evidence: `The note over ${size} records is not valid: ${problem}.`,
    });
}
