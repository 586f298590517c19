// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import {
  encodePayload,
  FORMAT_VERSION,
  formatCheckpoint,
  formatNote,
  MerkleTree,
  noteLine,
  recordHash,
  streamOrigin,
} from '@stepseal/core/format';
import { SCHEMA_VERSION } from '@stepseal/core/semconv';
import { SeededRandom } from './seeded-random.ts';
import { lineBytes, type NoteLine, type SegmentLine, segmentBytes } from './segment-lines.ts';
import { TestClock } from './test-clock.ts';
import { type TestKey, testKey } from './test-key.ts';
import { type TestAttributes, typedAttributes } from './typed-attributes.ts';
import { uuidV7 } from './uuid-v7.ts';

/** What an open record says of the stream before it (docs/spec: streams and writers). */
export interface Predecessor {
  readonly cause: 'first' | 'roll' | 'closed' | 'crash' | 'io_error';
  readonly streamId?: string;
  readonly number?: number;
  readonly hash?: string;
  readonly validBytes?: number;
  readonly tornBytes?: number;
  readonly tornSha256?: string;
}

export interface StreamOptions {
  /** Decides the stream id, the record ids and, unless given, the stream key. */
  readonly label: string;
  readonly deployment?: string;
  readonly clock?: TestClock;
  /** The identity key; a stream rolled by software of before may have none. */
  readonly identity?: TestKey;
  /** What the open record says of the streams after it; true where there is an identity, unless given. */
  readonly identityAlways?: boolean;
  readonly streamKey?: TestKey;
  readonly streamId?: string;
  readonly predecessor?: Predecessor;
  /** The deployment the open record claims, where a forgery makes it differ from the one in the notes. */
  readonly claimedDeployment?: string;
  readonly formatVersion?: string;
}

/** Ways in which a record may lie. */
export interface RecordOverrides {
  readonly number?: number;
  readonly streamId?: string;
  readonly previousHash?: string;
  readonly end?: boolean;
  readonly traceId?: string;
  readonly spanId?: string;
  /** Nanoseconds, where whole milliseconds will not do. */
  readonly timestamp?: bigint;
  readonly body?: string;
}

export interface SealOptions {
  readonly refusedTotal?: number;
  readonly wallMs?: number;
  readonly monotonicMs?: number;
  /** `false` leaves the note out; write it later with {@link StreamBuilder.note}. */
  readonly note?: boolean;
}

export interface GapOptions {
  readonly count: number;
  readonly cause?: string;
  readonly eventNames?: readonly string[];
}

/**
 * Writes one stream as bytes, from the specification and with nothing of the processor: a second writer of the format.
 * Time, ids and keys follow from the options, so one set of options always gives the same bytes. Every way of lying that
 * needs a key is here; those that only need the file are in `tamper.ts`.
 */
export class StreamBuilder {
  readonly deployment: string;
  readonly streamId: string;
  readonly clock: TestClock;
  readonly identity: TestKey | undefined;
  readonly streamKey: TestKey;
  readonly openedAtMs: number;
  readonly lines: SegmentLine[] = [];
  /** Number of each sealing record written so far, in order. */
  readonly sealingNumbers: number[] = [];
  readonly #options: StreamOptions;
  readonly #random: SeededRandom;
  readonly #tree = new MerkleTree();
  readonly #roots = new Map<number, string>();
  #lastHash: string | undefined;
  #lastRecordId: string | undefined;
  #refused = 0;

  constructor(options: StreamOptions) {
    this.#options = options;
    this.#random = new SeededRandom(`stream/${options.label}`);
    this.deployment = options.deployment ?? 'demo.bank';
    this.clock = options.clock ?? new TestClock();
    this.identity = options.identity;
    this.streamKey = options.streamKey ?? testKey(this.deployment, `stream/${options.label}`);
    this.openedAtMs = this.clock.wallMs;
    this.streamId = options.streamId ?? uuidV7(this.openedAtMs, new SeededRandom(`stream id/${options.label}`));
  }

  /** Number of the last record, 0 before the open record. */
  get number(): number {
    return this.#tree.size;
  }

  /** Hash of the last record. */
  get lastHash(): string {
    return this.#lastHash ?? '';
  }

  /** Time in the newest sealing record that has a note: where proof ends. */
  lastNoteMs = 0;

  bytes(): Buffer {
    return segmentBytes(this.lines);
  }

  byteLength(): number {
    return this.lines.reduce((total, line) => total + lineBytes(line).length, 0);
  }

  /** Root over the first `size` records, standard base64; `size` is that of a sealing record. */
  rootAt(size: number): string {
    const root = this.#roots.get(size);
    if (root === undefined) {
      throw new RangeError(`record ${size} is no sealing record of this stream`);
    }
    return root;
  }

  open(note = true): this {
    const predecessor = this.#options.predecessor ?? { cause: 'first' };
    this.record(
      'stepseal.stream.open',
      {
        'host.name': 'bank-1',
        'process.pid': 4242,
        'thread.id': 0,
        'stepseal.deployment': this.#options.claimedDeployment ?? this.deployment,
        'stepseal.resource': '{"service.name":{"stringValue":"bank"}}',
        'stepseal.format.version': this.#options.formatVersion ?? FORMAT_VERSION,
        'stepseal.software.version': '0.1.0',
        'stepseal.stream.vkey': this.streamKey.vkey,
        'stepseal.identity.vkey': this.identity?.vkey,
        'stepseal.identity.every_stream': (this.#options.identityAlways ?? this.identity !== undefined) || undefined,
        'stepseal.redaction.hash': recordHash('redaction policy of the tests'),
        'stepseal.clock.source': 'system',
        'stepseal.predecessor.cause': predecessor.cause,
        'stepseal.predecessor.stream_id': predecessor.streamId,
        'stepseal.predecessor.number': predecessor.number,
        'stepseal.predecessor.hash': predecessor.hash,
        'stepseal.predecessor.valid_bytes': predecessor.validBytes,
        'stepseal.predecessor.torn_bytes': predecessor.tornBytes,
        'stepseal.predecessor.torn_sha256': predecessor.tornSha256,
      },
      {},
    );
    return this.#sealed(note, this.openedAtMs);
  }

  /** Any record. Attributes of the chain are added here; `overrides` is for records that lie about their place. */
  record(eventName: string, attributes: TestAttributes = {}, overrides: RecordOverrides = {}): this {
    const number = this.number + 1;
    const text = this.payloadText(eventName, attributes, overrides);
    this.append(number, text);
    return this;
  }

  /** The next record as text, without writing it. */
  payloadText(eventName: string, attributes: TestAttributes = {}, overrides: RecordOverrides = {}): string {
    const number = overrides.number ?? this.number + 1;
    const recordId = uuidV7(this.clock.wallMs, this.#random);
    const timestamp = overrides.timestamp ?? BigInt(this.clock.wallMs) * 1_000_000n;
    return encodePayload({
      eventName,
      timestamp,
      observedTimestamp: BigInt(this.clock.wallMs) * 1_000_000n,
      ...(overrides.traceId === undefined ? {} : { traceId: overrides.traceId }),
      ...(overrides.spanId === undefined ? {} : { spanId: overrides.spanId }),
      ...(overrides.body === undefined ? {} : { body: { type: 'string', value: overrides.body } }),
      attributes: typedAttributes({
        'audit.record.id': recordId,
        'audit.schema.version': SCHEMA_VERSION,
        'audit.sequence.stream_id': overrides.streamId ?? this.streamId,
        'audit.sequence.number': number,
        'audit.sequence.previous_hash': overrides.previousHash ?? this.#lastHash,
        'audit.sequence.previous_record_id': this.#lastRecordId,
        'audit.sequence.end': overrides.end,
        ...attributes,
      }),
    });
  }

  /** Writes a payload made elsewhere as the next record: the chain goes on from its hash. */
  append(number: number, text: string): void {
    const hash = recordHash(text);
    this.#tree.append(hash);
    this.#lastHash = hash;
    this.#lastRecordId = /"audit\.record\.id":\{"stringValue":"([^"]*)"\}/.exec(text)?.[1];
    this.lines.push({ kind: 'record', number, text });
  }

  get lastRecordId(): string | undefined {
    return this.#lastRecordId;
  }

  seal(options: SealOptions = {}): this {
    this.record('stepseal.seal', this.#clockAndCounts(options));
    return this.#sealed(options.note ?? true, options.wallMs ?? this.clock.wallMs);
  }

  /** 60 idle seconds, then a seal. */
  heartbeat(): this {
    this.clock.advance(60_000);
    return this.seal();
  }

  gap(options: GapOptions): this {
    this.#refused += options.count;
    return this.record('stepseal.gap', {
      'stepseal.gap.count': options.count,
      'stepseal.gap.cause': options.cause ?? 'disk_full',
      'stepseal.gap.event_names': options.eventNames ?? ['step_up.required'],
      'stepseal.gap.first_time': new Date(this.clock.wallMs - 500).toISOString(),
      'stepseal.gap.last_time': new Date(this.clock.wallMs - 100).toISOString(),
    });
  }

  close(options: SealOptions & { readonly next?: StreamBuilder } = {}): this {
    this.record(
      'stepseal.stream.close',
      {
        ...this.#clockAndCounts(options),
        'stepseal.next.stream_id': options.next?.streamId,
        'stepseal.next.vkey': options.next?.streamKey.vkey,
      },
      { end: true },
    );
    return this.#sealed(options.note ?? true, options.wallMs ?? this.clock.wallMs);
  }

  /** The note of the newest sealing record, or of the one with that number. */
  note(size?: number): this {
    this.lines.push(this.noteFor(size ?? this.sealingNumbers.at(-1) ?? 0));
    return this;
  }

  /** A note over the first `size` records, signed as the open record promises unless other keys are given. */
  noteFor(size: number, keys?: readonly TestKey[], root?: string): NoteLine {
    const signers = keys ?? (size === 1 && this.identity ? [this.identity, this.streamKey] : [this.streamKey]);
    return signedNoteLine(this.deployment, this.streamId, size, root ?? this.rootAt(size), signers);
  }

  #clockAndCounts(options: SealOptions): TestAttributes {
    return {
      'stepseal.clock.wall_ms': options.wallMs ?? this.clock.wallMs,
      'stepseal.clock.monotonic_ms': options.monotonicMs ?? this.clock.monotonicMs,
      'stepseal.refused_total': options.refusedTotal ?? this.#refused,
    };
  }

  #sealed(note: boolean, wallMs: number): this {
    this.sealingNumbers.push(this.number);
    this.#roots.set(this.number, this.#tree.root());
    if (note) {
      this.note();
      this.lastNoteMs = wallMs;
    }
    return this;
  }
}

/** A note line signed with any keys over any root: what a forger with those keys can make. */
export function signedNoteLine(
  deployment: string,
  streamId: string,
  size: number,
  root: string,
  keys: readonly TestKey[],
): NoteLine {
  const text = formatCheckpoint({ origin: streamOrigin(deployment, streamId), size, root });
  const note = formatNote(
    text,
    keys.map((key) => key.line(text)),
  );
  return { kind: 'note', size, note, text: noteLine(note) };
}
