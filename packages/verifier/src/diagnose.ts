// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { createHash } from 'node:crypto';
import { parseStreamOrigin, type VerifierKey } from '@stepseal/core/format';
import { findPath, indexLinks, type LinkIndex, successors } from './branch.ts';
import type { CheckSwitch } from './checks.ts';
import { type Classified, classify } from './classify.ts';
import type { Finding, FindingCode } from './findings.ts';
import { judgeNote, type NoteJudgement } from './note-judge.ts';
import {
  type BadItem,
  couldBeTornNote,
  type Item,
  type NoteItem,
  readRegion,
  type RecordItem,
  type Region,
} from './region.ts';
import type { ProvedPrefix } from './scan.ts';
import type { Segment } from './sources/source.ts';
import { type OpenFacts, openFacts } from './stream-facts.ts';
import { isSealingEvent, StreamState } from './stream-state.ts';
import type { TrustPolicy } from './trust.ts';

/** What lies behind the last trusted note of a stream that is not closed. */
export interface Tail {
  /** State at the last record that still links. */
  readonly state: StreamState;
  readonly records: number;
  /** Byte offset behind the last line that is valid. */
  readonly validEnd: number;
  readonly tornBytes: number;
  /** Hex SHA-256 of the torn bytes. */
  readonly tornSha256: string;
  /** True where the last record is a close record whose note is missing. */
  readonly ended: boolean;
}

/** The outcome of a closer look at one segment. */
export interface Diagnosis {
  /** State at the last record under a matched note. */
  readonly state: StreamState;
  readonly closed: boolean;
  readonly tail: Tail | undefined;
  readonly findings: readonly Finding[];
  readonly identity: VerifierKey | undefined;
  readonly claimsTrust: boolean;
  readonly roots: ReadonlyMap<number, string>;
  /** Well-formed records seen, on the branch or not. */
  readonly wellFormed: number;
  /** The open record that the region begins with, proved or not. */
  readonly claimedOpen: OpenFacts | undefined;
  /** True where a note or record names a deployment of the trust policy. */
  readonly claimsDeployment: boolean;
  /** Explains why the records do not lead from the last note to the record that a successor pins. */
  readonly explain: (pin: { readonly number: number; readonly hash: string }) => readonly Classified[];
}

/** What the closer look may rely on. */
export interface DiagnoseContext {
  readonly policy: TrustPolicy | undefined;
  readonly named: VerifierKey | undefined;
  readonly streamId: string | undefined;
  readonly check: CheckSwitch;
  readonly rootSizes: readonly number[];
  readonly coveredElsewhere: (item: RecordItem) => boolean;
}

/** Tells what a segment holds from the last proved record on, and what is wrong with it. */
export function diagnose(segment: Segment, from: ProvedPrefix, context: DiagnoseContext): Diagnosis {
  const region = readRegion(segment, from.offset);
  return new Diagnoser(segment.name, from, region, context).run();
}

function deploymentOf(note: NoteItem): string {
  try {
    return parseStreamOrigin(note.checkpoint.origin).deployment;
  } catch {
    return '';
  }
}

class Diagnoser {
  private readonly findings: Finding[] = [];
  private readonly onBranch = new Set<Item>();
  private readonly judged = new Map<NoteItem, NoteJudgement>();
  private readonly links: LinkIndex;
  private readonly noted = new Map<number, string>();
  private readonly roots = new Map<number, string>();
  private head: StreamState;
  private broken = false;
  private readonly name: string;
  private readonly from: ProvedPrefix;
  private readonly region: Region;
  private readonly context: DiagnoseContext;

  constructor(name: string, from: ProvedPrefix, region: Region, context: DiagnoseContext) {
    this.name = name;
    this.from = from;
    this.region = region;
    this.context = context;
    this.links = indexLinks(region.items);
    this.head = from.state.clone();
  }

  run(): Diagnosis {
    const { items, tooLarge } = this.region;
    if (tooLarge)
      this.add(
        'UNREADABLE',
        'cannot_verify',
        this.head.number + 1,
        undefined,
        'More bytes without a valid note than a segment may hold.',
      );
    const notes = items.filter((item) => item.kind === 'note');
    for (const note of notes) this.judged.set(note, judgeNote(note, this.noteContext()));
    const anchors = notes.filter((note) => this.judged.get(note)?.problem === undefined);
    this.matchAnchors(anchors);
    const lastAnchor = anchors.at(-1)?.index ?? -1;
    if (this.broken) this.classifyBroken(anchors, lastAnchor);
    else this.judgeOrder(anchors);
    const tail = this.walkRest(lastAnchor);
    if (this.head.number === 0 && !this.broken) this.genesis();
    const identity = [...this.judged.values()].find((judgement) => judgement.identity !== undefined)?.identity;
    return {
      state: this.head,
      closed: this.head.close !== undefined,
      tail,
      findings: this.findings,
      identity,
      claimsTrust: [...this.judged.values()].some((judgement) => judgement.claimsTrust),
      roots: this.roots,
      claimedOpen: this.noteContext().open,
      wellFormed: items.filter((item) => item.kind === 'record').length,
      claimsDeployment: notes.some((note) => this.context.policy?.deployments.has(deploymentOf(note)) === true),
      explain: (pin) => this.explain(pin),
    };
  }

  private genesis(): void {
    const first = this.region.items.find((item) => item.kind === 'record');
    if (first?.kind !== 'record' || first.number === 1 || !this.context.check('genesis')) return;
    this.add(
      'GENESIS_MISSING',
      'tampered',
      1,
      (first.number ?? 2) - 1,
      'The stream does not begin with its open record.',
      0,
    );
  }

  private explain(pin: { readonly number: number; readonly hash: string }): readonly Classified[] {
    const rest = this.region.items.filter((item) => !this.onBranch.has(item) && item.kind !== 'note');
    const upTo = rest.filter(
      (item) => item.kind !== 'bad' || rest.some((other) => other.kind === 'record' && other.index > item.index),
    );
    const found = classify(upTo, {
      base: this.head,
      last: pin.number,
      check: this.context.check,
      coveredElsewhere: this.context.coveredElsewhere,
    });
    // The pin is a hash of the last record, not a root: where all links hold, that record is the one changed.
    return found.map((item) =>
      item.code === 'SEAL_MISMATCH'
        ? {
            ...item,
            code: 'MODIFIED',
            from: pin.number,
            to: pin.number,
            evidence: `Record ${pin.number} does not have the hash that the next stream names.`,
          }
        : item,
    );
  }

  private noteContext(): Parameters<typeof judgeNote>[1] {
    const { policy, named, streamId, check } = this.context;
    const first =
      this.from.state.number > 0
        ? undefined
        : successors(this.links, 0, undefined, undefined).find(
            (item) => item.payload !== undefined && openFacts(item.payload) !== undefined,
          );
    const open = this.from.state.open ?? (first?.payload === undefined ? undefined : openFacts(first.payload));
    return { open, policy, named, streamId, unproved: this.from.state.number === 0, check };
  }

  /** Leads the branch from note to note; stops at the first that no records lead to. */
  private matchAnchors(anchors: readonly NoteItem[]): void {
    const states: StreamState[] = [this.head.clone()];
    if (this.head.number > 0) this.noted.set(this.head.number, this.head.tree.root());
    for (const note of anchors.toSorted((a, b) => a.checkpoint.size - b.checkpoint.size || a.index - b.index)) {
      const { size, root } = note.checkpoint;
      const known = this.noted.get(size);
      if (known === root || !this.context.check('roots')) {
        this.onBranch.add(note);
        if (known === root) continue;
      }
      const path =
        size > this.head.number
          ? findPath(this.head, this.links, size, this.context.check('roots') ? { root } : { hash: this.hashAt(size) })
          : undefined;
      if (path !== undefined) {
        for (const item of path) this.advance(item);
        this.noted.set(size, root);
        this.onBranch.add(note);
        const excused = this.judged.get(note)?.excused;
        if (excused !== undefined) this.invalidNote(note, excused);
        states.push(this.head.clone());
        continue;
      }
      const other = states.findLast(
        (state) => state.number < size && findPath(state, this.links, size, { root }) !== undefined,
      );
      if (other !== undefined && this.context.check('equivocation')) {
        this.add(
          'EQUIVOCATION',
          'tampered',
          other.number + 1,
          size,
          `Two histories of records ${other.number + 1} to ${size} each stand under a note of the stream's key.`,
          note.offset,
        );
        this.onBranch.add(note);
        continue;
      }
      this.broken = true;
      return;
    }
  }

  private hashAt(size: number): string {
    return this.region.items.find((item) => item.kind === 'record' && item.number === size)?.kind === 'record'
      ? (this.region.items.find((item) => item.kind === 'record' && item.number === size) as RecordItem).hash
      : '';
  }

  private advance(item: RecordItem): void {
    this.onBranch.add(item);
    this.head.append(item.hash);
    if (item.payload !== undefined) this.head.control(item.payload, this.name, this.context.check);
    if (this.context.rootSizes.includes(this.head.number)) this.roots.set(this.head.number, this.head.tree.root());
    if (isSealingEvent(item.payload?.eventName)) this.sealing.push(item);
  }

  private readonly sealing: RecordItem[] = [];

  private classifyBroken(anchors: readonly NoteItem[], lastAnchor: number): void {
    const last = Math.max(...anchors.map((note) => note.checkpoint.size));
    const items = this.region.items.filter(
      (item) =>
        item.index <= Math.max(lastAnchor, this.indexOf(last)) + 1 && !this.onBranch.has(item) && item.kind !== 'note',
    );
    const upTo = items.filter((item) => item.kind !== 'bad' || item.index <= lastAnchor);
    const found = classify(upTo, {
      base: this.head,
      last,
      check: this.context.check,
      coveredElsewhere: this.context.coveredElsewhere,
    });
    for (const item of found) this.addClassified(item);
  }

  private indexOf(number: number): number {
    return this.region.items.find((item) => item.kind === 'record' && item.number === number)?.index ?? -1;
  }

  /** Lines of a segment stand in order, notes in order of size and behind what they cover. */
  private judgeOrder(anchors: readonly NoteItem[]): void {
    if (!this.context.check('order')) return;
    const records = this.region.items.filter(
      (item) => item.kind === 'record' && this.onBranch.has(item),
    ) as RecordItem[];
    const swapped = records.find((item, index) => index > 0 && (item.number ?? 0) < (records[index - 1]?.number ?? 0));
    if (swapped !== undefined)
      this.add(
        'REORDERED',
        'tampered',
        swapped.number,
        swapped.number,
        `Record ${swapped.number} stands behind a higher one.`,
        swapped.offset,
      );
    const note = anchors.find(
      (item, index) => index > 0 && item.checkpoint.size < (anchors[index - 1]?.checkpoint.size ?? 0),
    );
    if (note !== undefined)
      this.add(
        'REORDERED',
        'tampered',
        note.checkpoint.size,
        note.checkpoint.size,
        `The note over ${note.checkpoint.size} records stands behind a larger one.`,
        note.offset,
      );
    const early = anchors.find((item) =>
      records.some((record) => (record.number ?? 0) === item.checkpoint.size && record.index > item.index),
    );
    if (early !== undefined && note === undefined && swapped === undefined)
      this.add(
        'REORDERED',
        'tampered',
        early.checkpoint.size,
        early.checkpoint.size,
        `The note over ${early.checkpoint.size} records stands before them.`,
        early.offset,
      );
  }

  /** Judges every line that is on no proved branch, and finds where the stream's own tail ends. */
  private walkRest(lastAnchor: number): Tail | undefined {
    const closed = this.head.close !== undefined && !this.broken;
    const tail = this.head.clone();
    const seenNotes = new Set<number>();
    let ended = false;
    let torn: number | undefined;
    let records = 0;
    for (const item of this.region.items) {
      const before = item.index <= lastAnchor;
      if (this.onBranch.has(item)) {
        if (item.kind === 'note') this.duplicateNote(item, seenNotes);
        continue;
      }
      if (torn !== undefined) continue;
      if (closed && !before) {
        this.afterEnd(item);
        continue;
      }
      if (item.kind === 'record' && !this.broken && !ended && this.follows(item, tail)) {
        tail.append(item.hash);
        if (item.payload !== undefined) tail.control(item.payload, this.name, this.context.check);
        ended = item.end || item.payload?.eventName === 'stepseal.stream.close';
        records += 1;
        continue;
      }
      if (before) this.offBranch(item);
      else if (ended && !this.tornAfterClose(item)) this.damagedEnd(item);
      else torn = item.offset;
    }
    if (!this.broken) this.missingNotes(lastAnchor);
    if (closed) return undefined;
    const tornAt = torn ?? this.region.end;
    const bytes = this.region.bytes.subarray(tornAt - this.from.offset);
    return {
      state: tail,
      records,
      validEnd: tornAt,
      tornBytes: bytes.length,
      tornSha256: createHash('sha256').update(bytes).digest('hex'),
      ended,
    };
  }

  private follows(item: RecordItem, tail: StreamState): boolean {
    const { number, hash, open } = tail;
    if (item.number !== number + 1 || item.previousHash !== hash) return false;
    return open === undefined || item.streamId === open.streamId;
  }

  private duplicateNote(item: NoteItem, seen: Set<number>): void {
    const { size } = item.checkpoint;
    if (seen.has(size) && this.context.check('off-branch'))
      this.add('INSERTED', 'tampered', size, size, `A second copy of the note over ${size} records.`, item.offset);
    seen.add(size);
  }

  private afterEnd(item: Item): void {
    const last = this.head.number;
    if (item.kind === 'record') {
      if (this.context.check('after-end'))
        this.add(
          'AFTER_END',
          'tampered',
          item.number ?? last,
          item.number ?? last,
          `A record stands behind the closing note over ${last} records.`,
          item.offset,
        );
    } else if (this.context.check('trailing-data'))
      this.add('TRAILING_DATA', 'tampered', last, last, 'Bytes stand behind the closing note.', item.offset);
  }

  private tornAfterClose(item: Item): boolean {
    if (item.kind !== 'bad') return false;
    if (item.bytes.every((byte) => byte === 0)) return true;
    return item.unterminated && couldBeTornNote(item.bytes);
  }

  /** A close record is there, and what stands where its note should be is no torn write. */
  private damagedEnd(item: Item): void {
    const number = this.head.number + 1;
    if (item.kind === 'note') this.invalidNote(item);
    else if (item.kind === 'record')
      this.add(
        'AFTER_END',
        'tampered',
        item.number,
        item.number,
        'A record stands behind the close record.',
        item.offset,
      );
    else if (this.context.check('syntax')) this.addMalformed(item, number);
  }

  private offBranch(item: Item): void {
    if (item.kind === 'note') {
      if (!this.broken || this.judged.get(item)?.problem !== undefined) this.invalidNote(item);
    } else if (item.kind === 'bad') {
      if (!this.broken && this.context.check('syntax')) this.addMalformed(item, this.numberBefore(item));
    } else if (!this.broken) {
      const foreign = item.streamId !== this.head.open?.streamId && this.context.coveredElsewhere(item);
      if (foreign && this.context.check('foreign-stream'))
        this.add(
          'FOREIGN_STREAM',
          'tampered',
          item.number,
          item.number,
          `A record of stream ${item.streamId} stands here.`,
          item.offset,
        );
      else if (this.context.check('off-branch'))
        this.add(
          'INSERTED',
          'tampered',
          item.number,
          item.number,
          `A record numbered ${item.number ?? 'not at all'} stands here that no note covers.`,
          item.offset,
        );
    }
  }

  private invalidNote(item: NoteItem, problem = this.judged.get(item)?.problem ?? 'no records lead to it'): void {
    if (this.context.check('note-signatures'))
      this.add(
        'NOTE_INVALID',
        'tampered',
        item.checkpoint.size,
        item.checkpoint.size,
        `The note over ${item.checkpoint.size} records is not valid: ${problem}.`,
        item.offset,
      );
  }

  private missingNotes(lastAnchor: number): void {
    if (!this.context.check('note-missing')) return;
    const invalid = new Set(
      [...this.judged]
        .filter(([note, judgement]) => judgement.problem !== undefined && note.index <= lastAnchor)
        .map(([note]) => note.checkpoint.size),
    );
    const malformed = this.findings.some((finding) => finding.code === 'MALFORMED');
    for (const item of this.sealing)
      if (!this.noted.has(item.number as number) && !invalid.has(item.number as number) && !malformed)
        this.add(
          'NOTE_MISSING',
          'tampered',
          item.number,
          item.number,
          `Sealing record ${item.number} has no note, later ones have.`,
          item.offset,
        );
  }

  private numberBefore(item: BadItem): number {
    const before = this.region.items.slice(0, item.index).findLast((other) => other.kind === 'record');
    return before?.kind === 'record' ? (before.number ?? this.from.state.number) : this.from.state.number;
  }

  private addMalformed(item: BadItem, number: number): void {
    this.add(
      'MALFORMED',
      'tampered',
      number,
      number,
      `The line is not a record or a note of the exact form: ${item.reason}.`,
      item.offset,
    );
  }

  private addClassified(item: Classified): void {
    this.add(item.code, 'tampered', item.from, item.to, item.evidence, item.offset === 0 ? undefined : item.offset);
  }

  private add(
    code: FindingCode,
    severity: Finding['severity'],
    from: number | undefined,
    to: number | undefined,
    evidence: string,
    offset?: number,
  ): void {
    const stream = this.from.state.open?.streamId ?? this.head.open?.streamId ?? this.context.streamId;
    this.findings.push({
      code,
      severity,
      evidence,
      source: this.name,
      reproduce:
        offset === undefined
          ? `stepseal verify --strict ${this.name}`
          : `tail -c +${offset + 1} ${this.name} | head -n 1`,
      ...(stream === undefined ? {} : { stream }),
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
      ...(offset === undefined ? {} : { offset }),
    });
  }
}
