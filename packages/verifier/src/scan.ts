// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import {
  type Chain,
  isNoteLine,
  LIMITS,
  type Payload,
  parsePayload,
  proveChain,
  recordHash,
} from '@stepseal/core/format';
import { ChainLink } from './chain-link.ts';
import type { CheckSwitch } from './checks.ts';
import { expectedOrigin, type ParsedNoteLine, readNoteLine, requiredKeys, verifyNoteAsync } from './note-check.ts';
import type { Segment, SegmentReader } from './sources/source.ts';
import { chainFacts } from './stream-facts.ts';
import { isSealingEvent, StreamState } from './stream-state.ts';

const CHUNK_BYTES = 1 << 18;
/** A line longer than this cannot be a payload or a note, whatever it holds. */
const MAX_LINE_BYTES = LIMITS.payloadBytes + 1;
/** Signatures under way in the thread pool before the scan waits for them: bounds memory on a file of nothing but notes. */
const MAX_PENDING_NOTES = 32;

/** The buffer of a scan that has ended, for the next one: the collector is slow to notice memory outside its heap. */
const spare: Buffer[] = [];

const LF = 0x0a;
const OWN_EVENT = '"event_name":"stepseal.';
/** From the end of the line, the event name of a record without trace id stands within this many bytes. */
const EVENT_NAME_WINDOW = 192;
const TRACE_ID_TAIL = '"trace_id":"'.length + 32 + '"}'.length;

/** A place in a segment up to which everything is proved by a matched note. */
export interface ProvedPrefix {
  readonly state: StreamState;
  /** Byte offset behind the line of the state's last record. */
  readonly offset: number;
  /** Sizes of the proved notes that stand behind `offset`: notes may lag behind several sealing records. */
  readonly behind?: readonly number[];
}

/** What the scan found: `clean` where the whole file is proved by its notes, else where a closer look has to begin. */
export interface ScanResult {
  readonly clean: boolean;
  readonly proved: ProvedPrefix;
  /** Byte offset up to which the file was read; its end where the scan is clean. */
  readonly end: number;
  /** Roots at the sizes asked for, base64. */
  readonly roots: ReadonlyMap<number, string>;
}

/** How a scan is made. */
export interface ScanOptions {
  /** Parse and re-encode every payload instead of trusting the root over its bytes. */
  readonly strict: boolean;
  readonly check: CheckSwitch;
  /** Sizes of a stream at which the root is wanted, ascending. */
  readonly rootSizes: (streamId: string) => readonly number[];
}

/**
 * Reads a segment once, in order and in constant memory, as far as it is exactly what an honest writer leaves. At
 * the first thing that is not, it stops; telling what happened is the business of `diagnose`. Payloads that carry a
 * trace id are hashed and linked but not parsed: the root of the next note vouches for their bytes.
 */
export async function scanSegment(segment: Segment, options: ScanOptions): Promise<ScanResult> {
  const reader = segment.open();
  try {
    const scanner = new Scanner(segment.name, options);
    return await scanner.run(reader);
  } finally {
    reader.close();
  }
}

class Scanner {
  private readonly name: string;
  private readonly options: ScanOptions;
  private readonly state = new StreamState();
  private readonly link = new ChainLink();
  private readonly unnoted: ProvedPrefix[] = [];
  private readonly roots = new Map<number, string>();
  private proved: ProvedPrefix = { state: new StreamState(), offset: 0 };
  private noted: { readonly size: number; readonly offset: number }[] = [];
  private origin = '';
  private wanted: readonly number[] = [];
  private nextWanted = 0;
  private stopped = false;
  private notes: Promise<boolean>[] = [];
  private posted: Promise<readonly boolean[]> = Promise.resolve([]);
  private forged = false;

  constructor(name: string, options: ScanOptions) {
    this.name = name;
    this.options = options;
  }

  async run(reader: SegmentReader): Promise<ScanResult> {
    let buffer = spare.pop() ?? Buffer.allocUnsafeSlow(CHUNK_BYTES);
    let filled = 0;
    let base = 0;
    while (!this.stopped) {
      const count = reader.read(buffer, filled, base + filled);
      if (count === 0) break;
      filled += count;
      const consumed = this.lines(buffer.subarray(0, filled), base);
      buffer.copyWithin(0, consumed, filled);
      base += consumed;
      filled -= consumed;
      if (filled === buffer.length) {
        if (filled > MAX_LINE_BYTES) this.stopped = true;
        else buffer = Buffer.concat([buffer], buffer.length * 2);
      }
      if (this.notes.length >= MAX_PENDING_NOTES) await this.settle();
    }
    await this.settle();
    await this.settle();
    if (spare.length === 0 && buffer.length === CHUNK_BYTES) spare.push(buffer);
    const end = base + filled;
    if (this.forged) return { clean: false, proved: { state: new StreamState(), offset: 0 }, end, roots: this.roots };
    const clean =
      !this.stopped && filled === 0 && this.state.number > 0 && this.state.number === this.proved.state.number;
    return { clean, proved: this.proved, end, roots: this.roots };
  }

  /** Waits for the signatures of the call before; those posted since go on in the thread pool. */
  private async settle(): Promise<void> {
    const earlier = this.posted;
    this.posted = Promise.all(this.notes);
    this.notes = [];
    const results = await earlier;
    if (!results.every(Boolean)) {
      this.forged = true;
      this.stopped = true;
    }
  }

  /** Takes all whole lines of `view`; returns how many bytes they are. */
  private lines(view: Buffer, base: number): number {
    let start = 0;
    while (!this.stopped) {
      const end = view.indexOf(LF, start);
      if (end === -1) break;
      const closing = this.state.close !== undefined;
      if (closing && (this.unnoted.length === 0 || !isNoteLine(view, start))) this.stopped = true;
      else if (isNoteLine(view, start)) this.note(view.subarray(start, end), base + start);
      else this.record(view, start, end, base);
      if (!this.stopped) start = end + 1;
    }
    return start;
  }

  private record(view: Buffer, start: number, end: number, base: number): void {
    const state = this.state;
    // A strict scan compares what it has parsed instead.
    if (!this.options.strict && !this.link.claims(view, start, end, state.number + 1, state.hash)) {
      this.stopped = true;
      return;
    }
    const line = view.subarray(start, end);
    const own = isOwnEvent(view, start, end);
    const payload = own ? this.parse(line) : undefined;
    if (!own && this.options.strict) this.prove(line);
    if (this.stopped) return;
    state.append(recordHash(line));
    if (state.number === this.nextWanted) this.keepRoot();
    if (own && payload !== undefined) this.control(payload, base + end + 1);
  }

  private parse(line: Buffer): Payload | undefined {
    try {
      const payload = parsePayload(line);
      if (!this.isNext(chainFacts(payload))) this.stopped = true;
      return payload;
    } catch {
      this.stopped = true;
      return undefined;
    }
  }

  /** As `parse`, where nobody needs the payload: the one-pass proof first, the parser for what it leaves open. */
  private prove(line: Buffer): void {
    const chain = proveChain(line);
    if (chain === undefined) this.parse(line);
    else if (!this.isNext(chain)) this.stopped = true;
  }

  private isNext(chain: Chain): boolean {
    const { number, hash, open } = this.state;
    const linked = chain.number === number + 1 && chain.previousHash === hash;
    return linked && (open === undefined || chain.streamId === open.streamId);
  }

  private control(payload: Payload, offset: number): void {
    const state = this.state;
    state.control(payload, this.name, this.options.check);
    if (state.number === 1) {
      if (state.open === undefined) {
        this.stopped = true;
        return;
      }
      this.origin = expectedOrigin(state.open);
      this.wanted = this.options.rootSizes(state.open.streamId);
      this.nextWanted = this.wanted[0] ?? 0;
      if (this.nextWanted === 1) this.keepRoot();
    }
    if (isSealingEvent(payload.eventName)) this.unnoted.push({ state: state.clone(), offset });
  }

  private keepRoot(): void {
    this.roots.set(this.state.number, this.state.tree.root());
    this.nextWanted = this.wanted.find((size) => size > this.state.number) ?? 0;
  }

  private note(line: Buffer, offset: number): void {
    const sealed = this.unnoted[0];
    const open = this.state.open;
    let parsed: ParsedNoteLine | undefined;
    try {
      parsed = readNoteLine(line);
    } catch {
      // Whatever it is instead, diagnose tells.
    }
    if (parsed === undefined || sealed === undefined || open === undefined) {
      this.stopped = true;
      return;
    }
    const { origin, size, root } = parsed.checkpoint;
    if (origin !== this.origin || size !== sealed.state.number || root !== sealed.state.tree.root()) {
      this.stopped = true;
      return;
    }
    this.notes.push(verifyNoteAsync(parsed.note, requiredKeys(open, size)));
    this.noted = this.noted.filter((note) => note.offset >= sealed.offset);
    this.noted.push({ size, offset });
    this.proved = { ...sealed, behind: this.noted.map((note) => note.size) };
    this.unnoted.shift();
  }
}

function isOwnEvent(view: Buffer, start: number, end: number): boolean {
  const tail = end - TRACE_ID_TAIL;
  // `"tr` can only begin the trace id here, and the trail's own records carry none.
  if (view[tail] === 0x22 && view[tail + 1] === 0x74 && view[tail + 2] === 0x72) return false;
  return view.toString('latin1', Math.max(start, end - EVENT_NAME_WINDOW), end).includes(OWN_EVENT);
}
