// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { parseStreamOrigin, type VerifierKey } from '@stepseal/core/format';
import { absentHashes, rangesOf, type Sealing, sealingsOf, timeOf } from './absent-records.ts';
import { type Branch, followAnchors } from './anchors.ts';
import { findPath, indexLinks, type LinkIndex, successors } from './branch.ts';
import type { CheckSwitch } from './checks.ts';
import { type Classified, classify } from './classify.ts';
import { FindingLog } from './finding-log.ts';
import type { Finding } from './findings.ts';
import { expectedOrigin } from './note-check.ts';
import { judgeNote, type NoteContext, type NoteJudgement } from './note-judge.ts';
import { judgeOrder } from './order.ts';
import { type Item, type NoteItem, type RecordItem, readRegion } from './region.ts';
import { judgeRest, type Tail } from './rest.ts';
import type { ProvedPrefix } from './scan.ts';
import type { Segment } from './sources/source.ts';
import { type OpenFacts, openFacts } from './stream-facts.ts';
import type { StreamState } from './stream-state.ts';
import type { TrustPolicy } from './trust.ts';

/** The outcome of a closer look at one segment. */
export interface Diagnosis {
  /** State at the last record under a matched note. */
  readonly state: StreamState;
  readonly closed: boolean;
  readonly tail: Tail | undefined;
  readonly findings: readonly Finding[];
  /** True where the open record stands under a note of its own, with every signature that it names or its identity's. */
  readonly openNoted: boolean;
  /** Byte offset up to which the segment was read. */
  readonly end: number;
  /** True where a first note carries the name and key id of an identity of the policy, whether it verifies or not. */
  readonly claimsTrust: boolean;
  /** The open record that the segment begins with, proved or not. */
  readonly claimedOpen: OpenFacts | undefined;
  /** True where a note names a deployment of the trust policy. */
  readonly claimsDeployment: boolean;
  readonly roots: ReadonlyMap<number, string>;
  /** Sealing records that the region states, by number; only of a place to which records travel. */
  readonly sealings: readonly Sealing[];
  /** The earliest time that a record of the region states, ms; infinite without any. */
  readonly earliestMs: number;
  /** Whether there is a note at all, of whatever worth. */
  readonly noted: boolean;
  /** Hashes of records that are not here, which the root of a note proves, by number. */
  readonly passedOver: ReadonlyMap<number, string>;
  /** Well-formed records seen, on the branch or not. */
  readonly wellFormed: number;
  /** Explains why the records do not lead from the last note to the record that a successor pins. */
  readonly explain: (pin: Pinned) => readonly Classified[];
  /**
   * What leads from the last note to a record that a successor pins, over records that are not here.
   *
   * @param refused - Hash of the record of a number, where it is known why that is not here.
   * @returns undefined where nothing leads there
   */
  readonly wayTo: (pin: Pinned, refused: (number: number) => string | undefined) => WayToPin | undefined;
}

/** The last record that a successor found. */
export interface Pinned {
  readonly number: number;
  readonly hash: string;
}

export interface WayToPin {
  /** Numbers of the records on it that are not here, in order. */
  readonly absent: readonly number[];
  /** Hashes of all records on it, hex, one behind the other. */
  readonly hashes: string;
  /** Whether there are lines that lead nowhere. */
  readonly strays: boolean;
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
  const { check, policy, rootSizes, coveredElsewhere } = context;
  const source = segment.name;
  const region = readRegion(segment, from.offset);
  const { items } = region;
  const links = indexLinks(items);
  const noteContext = contextOfNotes(from, links, context);
  const log = new FindingLog(source, from.state.open?.streamId ?? noteContext.open?.streamId ?? context.streamId);
  if (region.tooLarge)
    log.add({
      code: 'UNREADABLE',
      severity: 'cannot_verify',
      evidence: 'It holds more behind its last valid note than a segment can; the rest of it was not looked at.',
    });
  const notes = items.filter((item) => item.kind === 'note');
  const judged = judgeNotes(notes, noteContext);
  const anchors = notes.filter((note) => judged.get(note)?.problem === undefined);
  const { state: base, behind } = from;
  // Of a file all is there or it was changed. Where records travel one may be late, and those behind it are proved all the same.
  const absent = segment.deliveryGraceMs === undefined ? undefined : absentHashes(segment, items);
  const branch = followAnchors({ base, behind, items, links, anchors, judged, source, rootSizes, absent, check }, log);
  const lastAnchor = branch.closedAt ?? anchors.at(-1)?.index ?? -1;
  const explain = (last: number, upTo: readonly Item[]): readonly Classified[] => {
    const rest = upTo.filter((item) => !branch.members.has(item) && item.kind !== 'note');
    const trustedRoot = anchors.find((note) => note.checkpoint.size === last)?.checkpoint.root;
    return classify(rest, { base: branch.head, last, trustedRoot, check, coveredElsewhere });
  };
  for (const [first, last] of rangesOf(branch.absent.map(({ number }) => number))) {
    const evidence = first === last ? `No record has number ${first}.` : `No records have numbers ${first} to ${last}.`;
    if (check('links')) log.add({ code: 'RECORD_MISSING', from: first, to: last, evidence });
  }
  if (branch.broken) explainBroken(anchors, items, explain, log);
  else if (check('order')) judgeOrder(items, branch.members, log);
  const tail = judgeRest(
    { region, offset: from.offset, branch, lastAnchor, judged, source, rootSizes, check, coveredElsewhere },
    log,
  );
  if (!branch.broken) {
    if (check('note-missing')) findMissingNotes(branch, judged, log);
    if (tail !== undefined) explainSplice(items, tail, noteContext, judged, explain, log);
    if (branch.head.number === 0 && check('genesis')) findGenesis(items, log);
  }
  return {
    state: branch.head,
    closed: branch.closedAt !== undefined,
    tail,
    findings: log.findings,
    openNoted: from.state.number > 0 || branch.noted.has(1),
    end: region.tooLarge ? Number.POSITIVE_INFINITY : region.end,
    claimsTrust: [...judged.values()].some((judgement) => judgement.claimsTrust),
    claimedOpen: noteContext.open,
    claimsDeployment: notes.some((note) => policy?.deployments.has(originOf(note)?.deployment ?? '') === true),
    roots: branch.roots,
    sealings: segment.deliveryGraceMs === undefined ? [] : sealingsOf(items),
    earliestMs: items.reduce((least, item) => Math.min(least, timeOf(item)), Number.POSITIVE_INFINITY),
    noted: from.state.number > 0 || notes.length > 0,
    passedOver: new Map(branch.absent.map(({ number, hash }) => [number, hash])),
    wellFormed: items.filter((item) => item.kind === 'record').length,
    explain: (pin) => explainPin(pin, items, explain),
    wayTo: (pin, refused) => {
      const hashes = (number: number): readonly string[] => [refused(number) ?? []].flat();
      const path = findPath(branch.head, links, pin.number, { hash: pin.hash }, hashes);
      if (path === undefined) return undefined;
      const passed = new Set<unknown>([...path, ...branch.members, ...anchors]);
      return {
        absent: path.flatMap((passage) => (passage.kind === 'absent' ? [passage.number] : [])),
        hashes: path.map(({ hash }) => hash).join(''),
        strays: items.some((item) => !passed.has(item)),
      };
    },
  };
}

/** Copies of a note are judged once: anybody can make them, and each would cost a signature check. */
function judgeNotes(notes: readonly NoteItem[], context: NoteContext): ReadonlyMap<NoteItem, NoteJudgement> {
  const seen = new Map<string, NoteJudgement>();
  const judged = new Map<NoteItem, NoteJudgement>();
  for (const item of notes) {
    const { text, signatures } = item.note;
    const key = JSON.stringify([text, signatures.map(({ name, keyId, signature }) => [name, keyId, ...signature])]);
    const judgement = seen.get(key) ?? judgeNote(item, context);
    seen.set(key, judgement);
    judged.set(item, judgement);
  }
  const { open, unproved } = context;
  const own = open === undefined ? undefined : expectedOrigin(open);
  const proved = [...judged].some(
    ([{ checkpoint }, { problem }]) => checkpoint.origin === own && problem === undefined,
  );
  // Where the open record's own note stands, an open note of another stream is a stranger here, whoever signed it.
  if (unproved && proved)
    for (const [item, { problem }] of judged)
      if (problem === undefined && item.checkpoint.origin !== own)
        judged.set(item, judgeNote(item, { ...context, unproved: false }));
  return judged;
}

function contextOfNotes(from: ProvedPrefix, links: LinkIndex, context: DiagnoseContext): NoteContext {
  const { policy, named, streamId, check } = context;
  const unproved = from.state.number === 0;
  const firsts = unproved ? successors(links, 0, undefined, undefined) : [];
  const claimed = firsts.map((item) => (item.payload === undefined ? undefined : openFacts(item.payload)));
  const open = from.state.open ?? claimed.find((facts) => facts !== undefined);
  return { open, policy, named, streamId, unproved, check };
}

function explainBroken(
  anchors: readonly NoteItem[],
  items: readonly Item[],
  explain: (last: number, upTo: readonly Item[]) => readonly Classified[],
  log: FindingLog,
): void {
  const last = anchors.reduce((most, note) => Math.max(most, note.checkpoint.size), 0);
  const lastAnchor = anchors.at(-1)?.index ?? -1;
  const lastRecord = items.findLastIndex((item) => item.kind === 'record' && item.number === last);
  // One record more than the notes cover: its link tells whether the last covered one was changed.
  const upTo = items
    .slice(0, Math.max(lastAnchor, lastRecord) + 2)
    .filter((item) => item.kind !== 'bad' || item.index <= lastAnchor);
  for (const item of explain(last, upTo)) log.add(item);
}

function explainPin(
  pin: { readonly number: number },
  items: readonly Item[],
  explain: (last: number, upTo: readonly Item[]) => readonly Classified[],
): readonly Classified[] {
  const lastRecord = items.findLastIndex((item) => item.kind === 'record');
  const evidence = `Record ${pin.number} does not have the hash that the next stream names.`;
  // The pin is a hash of the last record, not a root: where all links hold, that record is the one changed.
  return explain(pin.number, items.slice(0, lastRecord + 1)).map((item) =>
    item.code === 'SEAL_MISMATCH' ? { ...item, code: 'MODIFIED', from: pin.number, to: pin.number, evidence } : item,
  );
}

/** A crash leaves no whole notes of another stream: several of them show that a part of that stream was put here. */
function explainSplice(
  items: readonly Item[],
  tail: Tail,
  context: NoteContext,
  judged: ReadonlyMap<NoteItem, NoteJudgement>,
  explain: (last: number, upTo: readonly Item[]) => readonly Classified[],
  log: FindingLog,
): void {
  const foreign = [...judged.keys()].filter(
    (note) =>
      note.offset >= tail.validEnd &&
      originOf(note)?.streamId !== undefined &&
      originOf(note)?.streamId !== context.open?.streamId,
  );
  if (foreign.length < 2 || context.open === undefined) return;
  const numbers = items.flatMap((item) =>
    item.kind === 'record' && item.offset >= tail.validEnd ? [item.number ?? 0] : [],
  );
  const last = numbers.reduce((most, number) => Math.max(most, number), tail.state.number);
  for (const item of explain(last, items)) log.add(item);
}

function findMissingNotes(branch: Branch, judged: ReadonlyMap<NoteItem, NoteJudgement>, log: FindingLog): void {
  const invalid = new Set(
    [...judged].filter(([, judgement]) => judgement.problem !== undefined).map(([note]) => note.checkpoint.size),
  );
  for (const { number = 0, offset } of branch.sealing)
    if (!branch.noted.has(number) && !invalid.has(number) && !log.has('MALFORMED'))
      log.add({
        code: 'NOTE_MISSING',
        from: number,
        to: number,
        offset,
        evidence: `Sealing record ${number} has no note, later ones have.`,
      });
}

function findGenesis(items: readonly Item[], log: FindingLog): void {
  const first = items.find((item) => item.kind === 'record');
  if (first?.kind !== 'record' || first.number === 1) return;
  log.add({
    code: 'GENESIS_MISSING',
    from: 1,
    to: Math.max(1, (first.number ?? 2) - 1),
    evidence: 'The stream does not begin with its open record.',
  });
}

function originOf(note: NoteItem): { deployment: string; streamId: string } | undefined {
  try {
    return parseStreamOrigin(note.checkpoint.origin);
  } catch {
    return undefined;
  }
}
