// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Payload } from '@stepseal/core/format';
import { FindingLog, MAX_OF_A_CODE } from '../finding-log.ts';
import type { Finding } from '../findings.ts';
import { member } from '../sources/json-member.ts';
import { spooledSignature } from '../sources/record-signature-source.ts';
import type { AlteredRecord } from '../sources/source.ts';
import { integerOf, stringOf } from '../stream-facts.ts';
import { isSealingEvent } from '../stream-state.ts';
import type { TrustPolicy } from '../trust.ts';
import { AlteredDocuments } from './altered-documents.ts';
import { compareDocument } from './compare-document.ts';
import { type ExportedFacts, exportedFacts } from './exported-facts.ts';
import type { Hit } from './pages.ts';
import { type CarriedRecord, carriedRecord, looksSealed } from './read-document.ts';
import { SealPointers } from './seal-pointers.ts';
import { shownDocument, shownName } from './shown-document.ts';
import { isObject } from './stored-value.ts';
import { StreamFiles } from './stream-files.ts';

/** Streams that get a file of their own; whoever may write to the index chooses how many it names. */
const MAX_STREAMS = 1 << 16;
/** Open records remembered for the documents behind them: documents come stream by stream. */
const MAX_OPEN = 256;
/** Declarations of refused records that are remembered. */
const MAX_REFUSED = 1 << 16;
/** Names that are told of what a Collector added. */
const MAX_NAMES = 100;

/** Number of the sealing record that covers a record, added on export. */
const SEAL = 'audit.integrity.seal';

const RECORD_HASH = /^[0-9a-f]{64}$/;

/** Documents come in order of this field. One of another stream, put among these, would make room for itself. */
function isInPlace({ source }: Hit, stream: string): boolean {
  return member(member(source, 'attributes'), 'audit.sequence.stream_id') === stream;
}

interface Copies {
  from: number;
  to: number;
  count: number;
}

export interface DocumentOptions {
  /** Name of the source in findings. */
  readonly source: string;
  readonly trust: TrustPolicy | undefined;
  /** Whether signatures of single records are kept. */
  readonly recordSignatures: boolean;
  /** Fields of the trail that an index does not have, by index. */
  readonly absent: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Takes the documents of an index one by one, and keeps of each what a verification needs. */
export class Documents {
  readonly files: StreamFiles;
  /** Documents read, by backing index. */
  readonly counts: Map<string, number> = new Map();
  private readonly source: string;
  private readonly trust: TrustPolicy | undefined;
  private readonly signatures: boolean;
  private readonly absent: DocumentOptions['absent'];
  /** Documents with a field that their index does not have, by index and field. */
  private readonly unsearched = new Map<string, number>();
  private readonly alteredDocuments: AlteredDocuments;
  private readonly open = new Map<string, ExportedFacts>();
  private readonly refused = new Map<string, string>();
  private readonly copies = new Map<string, Copies>();
  private readonly added = new Map<string, number>();
  private readonly pointers = new SealPointers();
  private readonly misled = new Map<string, AlteredRecord[]>();
  private readonly log: FindingLog;

  constructor(directory: string, { source, trust, recordSignatures, absent }: DocumentOptions) {
    this.files = new StreamFiles(directory);
    this.alteredDocuments = new AlteredDocuments(directory);
    this.source = source;
    this.trust = trust;
    this.signatures = recordSignatures;
    this.absent = absent;
    this.log = new FindingLog(source, undefined);
  }

  take(hit: Hit): void {
    this.counts.set(hit.index, (this.counts.get(hit.index) ?? 0) + 1);
    const absent = this.absent.get(hit.index);
    if (absent !== undefined) this.countUnsearched(hit, absent);
    const record = carriedRecord(hit, (stream) => this.open.get(stream));
    if (record === undefined || this.isTooMany(record.stream)) this.addUnsealed(hit);
    else this.addRecord(hit, record);
  }

  /** To be called once, when all are taken. */
  finish(): void {
    this.endStream();
    this.alteredDocuments.resolve(this.files);
    this.files.finish();
  }

  /** The hash of a record that somebody declares to have been refused; nobody vouches for that. */
  refusedOf(stream: string, number: number): readonly string[] {
    const hash = this.refused.get(`${stream} ${number}`);
    return hash === undefined ? [] : [hash];
  }

  /** What is to be told of one stream's documents. */
  of(stream: string): readonly AlteredRecord[] {
    const altered = [...this.alteredDocuments.of(stream), ...(this.misled.get(stream) ?? [])];
    const copies = this.copies.get(stream);
    if (copies === undefined) return altered;
    const { from, to, count } = copies;
    const evidence = `${count} more document(s) say the same of records that have one: delivery is at least once.`;
    return [...altered, { code: 'DUPLICATE_IDENTICAL', severity: 'info', number: from, to, evidence }];
  }

  /** What is to be told of documents that are no stream's. */
  get findings(): readonly Finding[] {
    const log = new FindingLog(this.source, undefined);
    for (const [field, count] of this.added) {
      const evidence = `${count} document(s) hold it and no sealed record does: somebody on the way added it.`;
      log.add({ code: 'ADDED', severity: 'info', field, evidence });
    }
    for (const [place, count] of this.unsearched) {
      const [index = '', field = ''] = place.split(' ');
      const evidence = `${count} document(s) of ${shownName(index)} have it, and the index does not: a search for it misses them.`;
      log.add({ code: 'PROJECTION_MISMATCH', severity: 'incomplete', field, evidence });
    }
    return [...this.log.findings, ...log.findings];
  }

  /** An index of before an upgrade lacks what no document of that time has. */
  private countUnsearched({ index, source }: Hit, absent: ReadonlySet<string>): void {
    if (!isObject(source)) return;
    const paths = Object.entries(source).flatMap(([key, value]) =>
      isObject(value) ? Object.keys(value).map((name) => `${key}.${name}`) : [key],
    );
    for (const path of paths) {
      if (!absent.has(path)) continue;
      const place = `${index} ${path}`;
      this.unsearched.set(place, (this.unsearched.get(place) ?? 0) + 1);
    }
  }

  private isTooMany(stream: string): boolean {
    const { files, alteredDocuments: altered } = this;
    return !files.has(stream) && !altered.has(stream) && files.size + altered.size >= MAX_STREAMS;
  }

  private addUnsealed(hit: Hit): void {
    const ours = looksSealed(hit);
    this.log.add({
      code: 'UNSEALED_DOCUMENT',
      severity: ours ? 'tampered' : 'incomplete',
      evidence: ours
        ? `${shownDocument(hit)} looks like a sealed record and carries none.`
        : `${shownDocument(hit)} is no sealed record: somebody else writes here.`,
    });
  }

  private addRecord(hit: Hit, record: CarriedRecord): void {
    const { stream, number, hash, line, payload, note, signature } = record;
    if (this.signatures && signature !== undefined) {
      this.files.addSignature(stream, spooledSignature(number, signature));
    }
    if (payload !== undefined) {
      if (payload.eventName === 'stepseal.undelivered') this.rememberRefused(payload);
      if (number === 1 && payload.eventName === 'stepseal.stream.open' && isInPlace(hit, stream)) {
        this.remember(stream, record);
      }
      const differences = compareDocument(hit, { payload, hash }, this.open.get(stream));
      for (const { kind, path } of differences) if (kind === 'added') this.count(path);
      const altered = differences.filter(({ kind }) => kind !== 'added');
      if (altered.length > 0) {
        this.alteredDocuments.add(hit, record, altered);
        return;
      }
    }
    this.checkSeal(hit, record);
    if (!this.files.addRecord(stream, number, hash, line, note)) this.addCopy(stream, number);
  }

  /** Which sealing record covers a record shows when that one is there. */
  private checkSeal(hit: Hit, { stream, number, note }: CarriedRecord): void {
    const { id, index, source } = hit;
    const eventName = member(source, 'event_name');
    if (stream !== this.pointers.stream) this.endStream();
    const wrong = this.pointers.take(stream, {
      id,
      index,
      number,
      seal: member(member(source, 'attributes'), SEAL),
      isSealing: typeof eventName === 'string' && isSealingEvent(eventName),
      hasNote: note !== undefined,
    });
    for (const { right, seal, ...document } of wrong) {
      const stated = typeof seal === 'number' ? `says ${seal}` : 'says none';
      const evidence = `${shownDocument(document)} ${stated}; the note of record ${right} covers it.`;
      this.addMisled(stream, { number: document.number, evidence });
    }
  }

  /** Whether what stands behind the last note of a stream was adopted, its successor says. */
  private endStream(): void {
    const { pointers } = this;
    for (const { number, ...document } of pointers.end()) {
      const evidence = `${shownDocument(document)} says that a note covers it; a successor adopted it without one.`;
      this.addMisled(pointers.stream, { number, evidence, ifAdopted: true });
    }
  }

  private addMisled(stream: string, record: AlteredRecord): void {
    const known = this.misled.get(stream) ?? [];
    if (known.length > MAX_OF_A_CODE) return;
    known.push({ code: 'PROJECTION_MISMATCH', field: `attributes.${SEAL}`, ...record });
    this.misled.set(stream, known);
  }

  private remember(stream: string, { payload }: CarriedRecord): void {
    if (payload === undefined || this.open.has(stream)) return;
    const oldest = this.open.size < MAX_OPEN ? undefined : this.open.keys().next().value;
    if (oldest !== undefined) this.open.delete(oldest);
    const deployment = stringOf(payload, 'stepseal.deployment') ?? '';
    this.open.set(stream, exportedFacts(payload, this.trust?.deployments.get(deployment)?.overrides));
  }

  private rememberRefused(payload: Payload): void {
    const stream = stringOf(payload, 'stepseal.undelivered.stream_id');
    const number = integerOf(payload, 'stepseal.undelivered.number');
    const hash = stringOf(payload, 'stepseal.undelivered.hash') ?? '';
    if (this.refused.size < MAX_REFUSED && RECORD_HASH.test(hash)) this.refused.set(`${stream} ${number}`, hash);
  }

  private addCopy(stream: string, number: number): void {
    const known = this.copies.get(stream);
    if (known === undefined) this.copies.set(stream, { from: number, to: number, count: 1 });
    else {
      known.from = Math.min(known.from, number);
      known.to = Math.max(known.to, number);
      known.count += 1;
    }
  }

  private count(path: string): void {
    const known = this.added.get(path);
    if (known !== undefined || this.added.size < MAX_NAMES) this.added.set(path, (known ?? 0) + 1);
  }
}
