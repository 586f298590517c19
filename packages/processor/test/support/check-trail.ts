// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  isNoteLine,
  MerkleTree,
  type Payload,
  parseCheckpoint,
  parseNote,
  parseNoteLine,
  parsePayload,
  parseVkey,
  recordHash,
  streamOrigin,
  type TypedValue,
  verifySignature,
} from '@stepseal/core/format';

export interface TrailRecord {
  readonly number: number;
  readonly hash: string;
  readonly eventName: string;
  readonly payload: Payload;
}

export interface TrailStream {
  readonly id: string;
  readonly writer: string;
  readonly records: readonly TrailRecord[];
  /** Size of the last note. */
  readonly noted: number;
  readonly closed: boolean;
  readonly bytes: number;
  /** End of the last valid line. */
  readonly validBytes: number;
  readonly cause: string;
  readonly predecessor: string | undefined;
}

export interface Trail {
  readonly streams: readonly TrailStream[];
  /** Events that are not the trail's own, of all streams, each as often as it is part of the evidence. */
  readonly events: readonly Payload[];
  /** Sum of all gap records that are part of the evidence. */
  readonly declared: number;
}

export function text(payload: Payload, key: string): string | undefined {
  const value = payload.attributes.get(key);
  return value?.type === 'string' ? value.value : undefined;
}

export function int(payload: Payload, key: string): number | undefined {
  const value: TypedValue | undefined = payload.attributes.get(key);
  return value?.type === 'int' ? Number(value.value) : undefined;
}

/**
 * Reads a data directory as a stranger would, with the format library alone, and throws on anything the specification
 * does not allow: a broken chain, a note that does not verify or is missing, a count that does not add up, a stream that
 * nobody names, or one that two name.
 */
export function checkTrail(dataDir: string): Trail {
  const streams = readdirSync(join(dataDir, 'writers')).flatMap((writer) =>
    inLine(
      readdirSync(join(dataDir, 'writers', writer))
        .filter((name) => name.endsWith('.ndjson'))
        .map((name) => readStream(join(dataDir, 'writers', writer, name), writer)),
    ),
  );
  const byId = new Map(streams.map((stream) => [stream.id, stream]));
  const namedBy = new Map<string, TrailStream>();
  for (const stream of streams) {
    if (stream.predecessor === undefined) continue;
    if (namedBy.has(stream.predecessor)) throw new Error(`two streams name ${stream.predecessor}`);
    namedBy.set(stream.predecessor, stream);
    const before = byId.get(stream.predecessor);
    if (before === undefined) throw new Error(`${stream.id} names a stream that is not there`);
    checkLink(before, stream);
  }
  const unnamed = streams.filter((stream) => !namedBy.has(stream.id));
  const writers = unnamed.map((stream) => stream.writer);
  if (new Set(writers).size !== writers.length) throw new Error(`streams nobody names: ${unnamed.map((s) => s.id)}`);
  const evidence = streams.flatMap((stream) => {
    const successor = namedBy.get(stream.id);
    const last = successor === undefined ? undefined : int(openOf(successor), 'stepseal.predecessor.number');
    return stream.records.filter((record) => last === undefined || record.number <= last);
  });
  return {
    streams,
    events: evidence.filter((record) => !record.eventName.startsWith('stepseal.')).map((record) => record.payload),
    declared: evidence
      .filter((record) => record.eventName === 'stepseal.gap')
      .reduce((sum, record) => sum + (int(record.payload, 'stepseal.gap.count') ?? 0), 0),
  };
}

/** From the first stream on, each after the one it names: ids of one millisecond say nothing of their order. */
function inLine(streams: readonly TrailStream[]): TrailStream[] {
  const line: TrailStream[] = [];
  let next = streams.filter((stream) => stream.predecessor === undefined);
  while (next.length > 0) {
    line.push(...next);
    const ids = next.map((stream) => stream.id);
    next = streams.filter((stream) => stream.predecessor !== undefined && ids.includes(stream.predecessor));
  }
  return [...line, ...streams.filter((stream) => !line.includes(stream))];
}

function openOf(stream: TrailStream): Payload {
  return (stream.records[0] as TrailRecord).payload;
}

function checkLink(before: TrailStream, stream: TrailStream): void {
  const open = openOf(stream);
  const number = int(open, 'stepseal.predecessor.number') ?? 0;
  const record = before.records[number - 1];
  if (record?.hash !== text(open, 'stepseal.predecessor.hash')) throw new Error(`${stream.id}: predecessor's hash`);
  const { cause } = stream;
  const validBytes = int(open, 'stepseal.predecessor.valid_bytes');
  if (cause === 'roll' || cause === 'closed') {
    if (!before.closed) throw new Error(`${before.id} is named as ended and is not`);
    if (before.records.length !== number) throw new Error(`${before.id} goes on after its end`);
  }
  if (cause === 'closed' || cause === 'crash') {
    if (before.validBytes !== validBytes)
      throw new Error(`${before.id} has ${before.validBytes} bytes, not ${validBytes}`);
  }
  if (cause === 'crash') {
    const torn = int(open, 'stepseal.predecessor.torn_bytes') ?? 0;
    if (before.bytes - before.validBytes !== torn) throw new Error(`${before.id} has other torn bytes`);
    if (before.records.length !== number) throw new Error(`${before.id} has records that were not adopted`);
  } else if (cause !== 'io_error' && before.bytes !== before.validBytes) throw new Error(`${before.id} is torn`);
  if (cause === 'roll' && streamKeyPromised(before) !== text(open, 'stepseal.stream.vkey')) {
    throw new Error(`${stream.id} is not the stream that was promised`);
  }
}

function streamKeyPromised(stream: TrailStream): string | undefined {
  const last = stream.records.at(-1) as TrailRecord;
  return text(last.payload, 'stepseal.next.vkey');
}

function readStream(path: string, writer: string): TrailStream {
  const id = path.slice(-43, -7);
  const bytes = readFileSync(path);
  const tree = new MerkleTree();
  const records: TrailRecord[] = [];
  const roots = new Map<number, string>();
  let noted = 0;
  let refused = 0;
  let validBytes = 0;
  let ended = false;
  for (let end = bytes.indexOf(0x0a); end !== -1; end = bytes.indexOf(0x0a, validBytes)) {
    const line = bytes.subarray(validBytes, end);
    if (isNoteLine(line)) {
      const size = checkNote(parseNoteLine(line), records, roots, id);
      const next = [...roots.keys()].find((sealed) => sealed > noted);
      if (size !== next) throw new Error(`${id}: note ${size} where ${next} is due`);
      noted = size;
    } else {
      if (ended) throw new Error(`${id}: a record after the end`);
      const payload = parsePayload(line);
      const number = records.length + 1;
      if (int(payload, 'audit.sequence.number') !== number) throw new Error(`${id}: number ${number} is missing`);
      if (text(payload, 'audit.sequence.stream_id') !== id) throw new Error(`${id}: a record of another stream`);
      if (text(payload, 'audit.sequence.previous_hash') !== records.at(-1)?.hash)
        throw new Error(`${id}: chain broken`);
      const hash = recordHash(line);
      tree.append(hash);
      const eventName = payload.eventName ?? '';
      records.push({ number, hash, eventName, payload });
      if (eventName === 'stepseal.gap') refused += int(payload, 'stepseal.gap.count') ?? 0;
      if (/^stepseal\.(?:stream\.open|stream\.close|seal)$/.test(eventName)) {
        roots.set(number, tree.root());
        const total = int(payload, 'stepseal.refused_total') ?? 0;
        if (number > 1 && total !== refused) throw new Error(`${id}: ${refused} refused, ${total} stated`);
      }
      ended = payload.attributes.has('audit.sequence.end');
    }
    validBytes = end + 1;
  }
  const open = records[0]?.payload;
  if (open?.eventName !== 'stepseal.stream.open') throw new Error(`${id}: no open record`);
  return {
    id,
    writer,
    records,
    noted,
    closed: ended && noted === records.length,
    bytes: bytes.length,
    validBytes,
    cause: text(open, 'stepseal.predecessor.cause') ?? '',
    predecessor: text(open, 'stepseal.predecessor.stream_id'),
  };
}

function checkNote(
  note: string,
  records: readonly TrailRecord[],
  roots: ReadonlyMap<number, string>,
  id: string,
): number {
  const { text: signed, signatures } = parseNote(note);
  const { origin, size, root } = parseCheckpoint(signed);
  const open = (records[0] as TrailRecord).payload;
  const keys = [text(open, 'stepseal.stream.vkey')];
  const identity = text(open, 'stepseal.identity.vkey');
  if (size === 1 && identity !== undefined) keys.unshift(identity);
  if (origin !== streamOrigin(text(open, 'stepseal.deployment') ?? '', id)) throw new Error(`${id}: origin`);
  if (roots.get(size) !== root) throw new Error(`${id}: root of note ${size}`);
  if (signatures.length !== keys.length) throw new Error(`${id}: signatures of note ${size}`);
  signatures.forEach((signature, at) => {
    const key = parseVkey(keys[at] ?? '');
    if (!verifySignature(key, signed, signature.signature)) throw new Error(`${id}: signature of note ${size}`);
  });
  return size;
}
