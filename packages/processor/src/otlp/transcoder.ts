// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { isUtf8 } from 'node:buffer';
import { isRegistryEvent } from '@stepseal/core/format';
import { EVENTS, type Severity, severityOf } from '@stepseal/core/semconv';
import * as field from './fields.ts';
import {
  type AttributeKind,
  type KnownAttribute,
  keyValueHead,
  knownAttribute,
  MAX_NAME_BYTES,
  type SeverityInput,
  TOKEN_ENDS,
} from './known-attribute.ts';
import type { DeliverableRecord } from './logs-encoding.ts';
import { type ProtobufWriter, varintLength } from './protobuf-writer.ts';

const QUOTE = 0x22;
const COMMA = 0x2c;
const ZERO = 0x30;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const CLOSE = 0x7d;

const ATTRIBUTES = Buffer.from('{"attributes":{');
const BODY = Buffer.from(',"body":{"stringValue":"');
const EVENT_NAME = Buffer.from(',"event_name":"');
const OBSERVED = Buffer.from(',"observed_timestamp":"');
const SPAN_ID = Buffer.from(',"span_id":"');
const TIMESTAMP = Buffer.from(',"timestamp":"');
const TRACE_ID = Buffer.from(',"trace_id":"');
const ITEM = Buffer.from('{"stringValue":"');
const TRUE = Buffer.from('true}');
const FALSE = Buffer.from('false}');

/** Attributes known at most; then all are forgotten, since names may be somebody else's choice. */
const MAX_KNOWN = 1_024;
const MAX_EVENTS = 256;

/** What a record takes beyond its payload twice, note and signature apart: added attributes, lengths, words begun. */
const ROOM = 1_024;

const PAYLOAD_KEY = keyOf('audit.integrity.payload');
const NOTE_KEY = keyOf('audit.integrity.note');
const ADDED = Buffer.concat([
  shortText('audit.integrity.signer', 'producer'),
  shortText('audit.integrity.canonicalization', 'jcs'),
]);
const HASH_HEAD = shortText('audit.integrity.hash', '0'.repeat(64)).subarray(0, -64);
const VALUE_HEAD = shortText('audit.integrity.value', '0'.repeat(88)).subarray(0, -88);
const SEAL_HEAD = keyValueHead('audit.integrity.seal', [field.ANY_INT]);

const HEX = new Uint8Array(256).fill(0xff);
for (const [value, digit] of Buffer.from('0123456789abcdef').entries()) HEX[digit] = value;

const TWO_22 = 2 ** 22;
const TWO_32 = 2 ** 32;

/** `SeverityNumber` and text in their fields. */
const SEVERITIES = new Map<Severity, Buffer>();

interface KnownEvent {
  readonly name: Buffer;
  readonly text: string;
  /** Severity without the rules that look at values; undefined where it depends on them. */
  readonly severity: Buffer | undefined;
}

/**
 * Writes registry events as OTLP straight from their canonical text, in one pass and without building anything. It takes
 * what our own encoder makes of ordinary records; of everything else it says that it cannot, and the general way through
 * `parsePayload` does it. It does not prove that P is canonical: who reads the export does.
 *
 * Trust: P comes from a file. Whatever it holds, nothing is read or written outside the room made for this record, and a
 * text that is no UTF-8 is left to the parser, which refuses it.
 */
export class Transcoder {
  readonly #writer: ProtobufWriter;
  readonly #known = new Map<string, KnownAttribute>();
  readonly #events = new Map<string, KnownEvent>();
  #first: KnownAttribute | undefined;
  #lastEvent: KnownEvent | undefined;
  #bytes: Buffer;
  #view: DataView;
  /** Reading position, the payload's end, writing position. */
  #in = 0;
  #end = 0;
  #out = 0;
  /** All bytes of texts, or-ed: whether one is beyond ASCII. */
  #high = 0;
  #outcome: string | undefined;
  #result: string | undefined;
  #met: boolean | undefined;

  constructor(writer: ProtobufWriter) {
    this.#writer = writer;
    this.#bytes = writer.bytes;
    this.#view = new DataView(writer.bytes.buffer, writer.bytes.byteOffset);
  }

  /** Writes `log_records` with this record; false when it is not of the ordinary kind, and then nothing is written. */
  write(record: DeliverableRecord): boolean {
    const writer = this.#writer;
    const { payload, note } = record;
    writer.reserve(2 * payload.length + 3 * (note?.length ?? 0) + ROOM);
    if (this.#bytes !== writer.bytes) {
      this.#bytes = writer.bytes;
      this.#view = new DataView(writer.bytes.buffer, writer.bytes.byteOffset);
    }
    const start = writer.position;
    const bytes = this.#bytes;
    // Most records take two bytes for their length; if not, they are moved.
    const content = start + 3;
    this.#out = content;
    this.#copyPayload(payload);
    this.#outcome = this.#result = this.#met = undefined;
    this.#high = 0;
    if (!this.#attributes() || !this.#rest()) return false;
    if ((this.#high & 0x80808080) !== 0 && !isUtf8(payload)) return false;
    this.#integrity(record);
    const length = this.#out - content;
    const width = varintLength(length);
    if (width !== 2) bytes.copyWithin(start + 1 + width, content, this.#out);
    bytes[start] = field.SCOPE_LOGS_LOG_RECORDS;
    writer.position = this.#varint(start + 1, length) + length;
    return true;
  }

  /** Puts P where it belongs in the record; there it is read as well. */
  #copyPayload(payload: Uint8Array): void {
    const at = this.#longTextHead(PAYLOAD_KEY, payload.length);
    this.#bytes.set(payload, at);
    this.#in = at;
    this.#end = this.#out = at + payload.length;
  }

  /** All of an attribute but its text. @returns where the text goes */
  #longTextHead(key: Uint8Array, length: number): number {
    const bytes = this.#bytes;
    const text = 1 + varintLength(length) + length;
    const value = 1 + varintLength(text) + text;
    let at = this.#out;
    bytes[at++] = field.RECORD_ATTRIBUTES;
    at = this.#varint(at, key.length + value);
    bytes.set(key, at);
    at += key.length;
    bytes[at++] = field.KEY_VALUE_VALUE;
    at = this.#varint(at, text);
    bytes[at++] = field.ANY_STRING;
    return this.#varint(at, length);
  }

  #attributes(): boolean {
    if (!this.#accept(ATTRIBUTES)) return false;
    let before: KnownAttribute | undefined;
    for (;;) {
      const attribute = this.#nextAttribute(before);
      if (attribute === undefined) return false;
      before = attribute;
      if (!this.#value(attribute)) return false;
      const next = this.#bytes[this.#in++];
      if (next === CLOSE) return true;
      if (next !== COMMA) return false;
    }
  }

  /** Passes over name and wrapper. */
  #nextAttribute(before: KnownAttribute | undefined): KnownAttribute | undefined {
    const guess = before === undefined ? this.#first : before.next;
    if (guess !== undefined && this.#isAt(guess)) {
      this.#in += guess.tokenLength;
      return guess;
    }
    let found = before?.second;
    if (found === undefined || !this.#isAt(found)) found = this.#learn();
    if (found === undefined) return undefined;
    if (before === undefined) this.#first = found;
    else {
      before.second = guess;
      before.next = found;
    }
    this.#in += found.tokenLength;
    return found;
  }

  #isAt(attribute: KnownAttribute): boolean {
    const view = this.#view;
    let at = this.#in;
    // The payload's end may be passed here: what comes after it is ours to read, and the value will not be there.
    const { tokenWords, tokenRest } = attribute;
    for (let i = 0; i < tokenWords.length; i++, at += 4) {
      if (view.getInt32(at, true) !== tokenWords[i]) return false;
    }
    for (let i = 0; i < tokenRest.length; i++) {
      if (this.#bytes[at + i] !== tokenRest[i]) return false;
    }
    return true;
  }

  #learn(): KnownAttribute | undefined {
    const bytes = this.#bytes;
    const start = this.#in;
    if (bytes[start] !== QUOTE) return undefined;
    let at = start + 1;
    for (let byte = bytes[at] as number; byte !== QUOTE; byte = bytes[++at] as number) {
      if (byte === BACKSLASH || byte > 0x7e || byte < 0x20 || at - start > MAX_NAME_BYTES) return undefined;
    }
    const name = bytes.toString('latin1', start + 1, at);
    const kind = this.#kindAt(at);
    // Names that only the export has would stand there twice.
    if (kind === undefined || name === '' || name.startsWith('audit.integrity.')) return undefined;
    const key = `${kind} ${name}`;
    let known = this.#known.get(key);
    if (known === undefined) {
      if (this.#known.size >= MAX_KNOWN) this.#known.clear();
      known = knownAttribute(name, kind);
      this.#known.set(key, known);
    }
    return known;
  }

  #kindAt(at: number): AttributeKind | undefined {
    for (const kind of ['string', 'int', 'bool', 'array'] as const) {
      if (this.#startsWith(at, TOKEN_ENDS[kind])) return kind;
    }
    return undefined;
  }

  /** The value behind its wrapper, the wrapper's end included. */
  #value(attribute: KnownAttribute): boolean {
    const start = this.#out;
    const view = this.#view;
    const { headWords, headLength } = attribute;
    for (let i = 0, at = start; i < headWords.length; i++, at += 4) view.setInt32(at, headWords[i] as number, true);
    const content = start + headLength;
    this.#out = content;
    switch (attribute.kind) {
      case 'string':
        if (!this.#text() || this.#bytes[this.#in++] !== CLOSE) return false;
        break;
      case 'int':
        if (!this.#int() || this.#bytes[this.#in++] !== CLOSE) return false;
        break;
      case 'bool':
        if (!this.#bool()) return false;
        break;
      case 'array':
        if (!this.#array()) return false;
        break;
    }
    this.#noteSeverityInput(attribute.severityInput, content);
    const length = this.#out - content;
    const bytes = this.#bytes;
    if (headLength + length > 129) {
      this.#spellWide(attribute, start, length);
      return true;
    }
    bytes[start + 1] = headLength + length - 2;
    const valueLengthAt = start + attribute.valueLengthAt;
    bytes[valueLengthAt] = headLength - attribute.valueLengthAt - 1 + length;
    // Text and list have a length of their own, in the head's last byte.
    if (attribute.kind === 'string' || attribute.kind === 'array') bytes[content - 1] = length;
    return true;
  }

  /** A text or list whose lengths take more than one byte: moved, and its head written again. */
  #spellWide(attribute: KnownAttribute, start: number, length: number): void {
    const bytes = this.#bytes;
    const keyLength = attribute.valueLengthAt - 3;
    const value = 1 + varintLength(length) + length;
    const pair = keyLength + 1 + varintLength(value) + value;
    const key = bytes.subarray(start + 2, start + 2 + keyLength);
    const from = start + attribute.headLength;
    const to = start + 1 + varintLength(pair) + pair - length;
    bytes.copyWithin(to, from, from + length);
    const keyAt = start + 1 + varintLength(pair);
    bytes.set(key, keyAt);
    const contentTag = attribute.kind === 'string' ? field.ANY_STRING : field.ANY_ARRAY;
    this.#varint(start + 1, pair);
    let at = keyAt + keyLength;
    bytes[at++] = field.KEY_VALUE_VALUE;
    at = this.#varint(at, value);
    bytes[at++] = contentTag;
    this.#varint(at, length);
    this.#out = to + length;
  }

  /** Copies a text up to its quotation mark, and passes that. False for an escape, and where there is no end. */
  #text(): boolean {
    const view = this.#view;
    const bytes = this.#bytes;
    const end = this.#end;
    let from = this.#in;
    let to = this.#out;
    let high = this.#high;
    // Four bytes at a time, as long as none of them is a quotation mark or a reverse solidus.
    while (from < end) {
      const word = view.getInt32(from, true);
      const quotes = word ^ 0x22222222;
      const slashes = word ^ 0x5c5c5c5c;
      if ((((quotes - 0x01010101) & ~quotes) | ((slashes - 0x01010101) & ~slashes)) & 0x80808080) break;
      view.setInt32(to, word, true);
      high |= word;
      from += 4;
      to += 4;
    }
    for (; from < end; from++, to++) {
      const byte = bytes[from] as number;
      if (byte === QUOTE) {
        this.#in = from + 1;
        this.#out = to;
        this.#high = high;
        return true;
      }
      if (byte === BACKSLASH) return false;
      high |= byte;
      bytes[to] = byte;
    }
    return false;
  }

  /** A decimal from 0 to 15 digits; greater and negative ones are for the general way. */
  #int(): boolean {
    const bytes = this.#bytes;
    let at = this.#in;
    let value = 0;
    const last = at + 15;
    for (;;) {
      const byte = bytes[at] as number;
      if (byte === QUOTE) break;
      const digit = byte - ZERO;
      if (digit < 0 || digit > 9 || at === last) return false;
      value = value * 10 + digit;
      at++;
    }
    if (at === this.#in) return false;
    this.#in = at + 1;
    this.#out = this.#varint(this.#out, value);
    return true;
  }

  #bool(): boolean {
    const isTrue = this.#accept(TRUE);
    if (!isTrue && !this.#accept(FALSE)) return false;
    this.#bytes[this.#out++] = isTrue ? 1 : 0;
    return true;
  }

  /** A list of short texts. */
  #array(): boolean {
    const bytes = this.#bytes;
    if (bytes[this.#in] === CLOSE_ARRAY) {
      this.#in++;
      return true;
    }
    for (;;) {
      if (!this.#accept(ITEM)) return false;
      const start = this.#out;
      this.#out = start + 4;
      if (!this.#text() || bytes[this.#in++] !== CLOSE) return false;
      const length = this.#out - start - 4;
      if (length > 125) return false;
      bytes[start] = field.LIST_VALUES;
      bytes[start + 1] = length + 2;
      bytes[start + 2] = field.ANY_STRING;
      bytes[start + 3] = length;
      const next = bytes[this.#in++];
      if (next === CLOSE_ARRAY) return true;
      if (next !== COMMA) return false;
    }
  }

  /** Members behind the attributes, in the order of the canonical form. */
  #rest(): boolean {
    const bytes = this.#bytes;
    if (this.#accept(BODY) && !this.#body()) return false;
    if (!this.#accept(EVENT_NAME) || !this.#eventName()) return false;
    // Without an observed time the export has the time there; without a time, none at all. Both are rare.
    if (!this.#accept(OBSERVED) || !this.#time(field.RECORD_OBSERVED_TIME)) return false;
    if (this.#accept(SPAN_ID) && !this.#id(field.RECORD_SPAN_ID, 8)) return false;
    if (!this.#accept(TIMESTAMP) || !this.#time(field.RECORD_TIME)) return false;
    if (this.#accept(TRACE_ID) && !this.#id(field.RECORD_TRACE_ID, 16)) return false;
    return bytes[this.#in] === CLOSE && this.#in === this.#end - 1;
  }

  #body(): boolean {
    const bytes = this.#bytes;
    const start = this.#out;
    this.#out = start + 4;
    if (!this.#text() || bytes[this.#in++] !== CLOSE) return false;
    const length = this.#out - start - 4;
    const value = 1 + varintLength(length) + length;
    const content = start + 1 + varintLength(value) + value - length;
    if (content !== start + 4) {
      bytes.copyWithin(content, start + 4, this.#out);
      this.#out = content + length;
    }
    bytes[start] = field.RECORD_BODY;
    const at = this.#varint(start + 1, value);
    bytes[at] = field.ANY_STRING;
    this.#varint(at + 1, length);
    return true;
  }

  #eventName(): boolean {
    const bytes = this.#bytes;
    const start = this.#in;
    let event = this.#lastEvent;
    if (event === undefined || !this.#startsWith(start, event.name)) {
      const end = bytes.indexOf(QUOTE, start);
      if (end === -1 || end > this.#end) return false;
      event = this.#eventOf(bytes.toString('latin1', start, end));
      if (event === undefined) return false;
      this.#lastEvent = event;
    }
    // The name's quotation mark is read, and not written.
    const length = event.name.length - 1;
    this.#in = start + event.name.length;
    let at = this.#out;
    bytes[at++] = field.RECORD_EVENT_NAME;
    bytes[at++] = length;
    bytes.copyWithin(at, start, start + length);
    at += length;
    const severity = event.severity ?? severityFields(severityOf(event.text, this.#outcome, this.#result, this.#met));
    bytes.set(severity, at);
    this.#out = at + severity.length;
    return true;
  }

  #eventOf(text: string): KnownEvent | undefined {
    let event = this.#events.get(text);
    if (event === undefined && isRegistryEvent(text) && text.length < 128 && this.#events.size < MAX_EVENTS) {
      event = { name: Buffer.from(`${text}"`), text, severity: constantSeverity(text) };
      this.#events.set(text, event);
    }
    return event;
  }

  /** A time of 19 digits: from the year 2001 to 2286. */
  #time(tag: number): boolean {
    const bytes = this.#bytes;
    const start = this.#in;
    if (bytes[start + 19] !== QUOTE || bytes[start] === ZERO) return false;
    let millis = 0;
    let nanos = 0;
    for (let i = 0; i < 13; i++) {
      const digit = (bytes[start + i] as number) - ZERO;
      if (digit < 0 || digit > 9) return false;
      millis = millis * 10 + digit;
    }
    for (let i = 13; i < 19; i++) {
      const digit = (bytes[start + i] as number) - ZERO;
      if (digit < 0 || digit > 9) return false;
      nanos = nanos * 10 + digit;
    }
    this.#in = start + 20;
    // millis * 1e6 + nanos in halves of 32 bits; every step stays below 2^53.
    const upper = Math.floor(millis / TWO_22) * 1e6;
    const lower = (millis % TWO_22) * 1e6 + nanos + (upper % 1024) * TWO_22;
    bytes[this.#out] = tag;
    this.#view.setUint32(this.#out + 1, lower % TWO_32, true);
    this.#view.setUint32(this.#out + 5, Math.floor(upper / 1024) + Math.floor(lower / TWO_32), true);
    this.#out += 9;
    return true;
  }

  #id(tag: number, size: number): boolean {
    const bytes = this.#bytes;
    let from = this.#in;
    let to = this.#out;
    if (bytes[from + 2 * size] !== QUOTE) return false;
    bytes[to++] = tag;
    bytes[to++] = size;
    let any = 0;
    for (let i = 0; i < size; i++, from += 2) {
      const high = HEX[bytes[from] as number] as number;
      const low = HEX[bytes[from + 1] as number] as number;
      if ((high | low) === 0xff) return false;
      const byte = (high << 4) | low;
      any |= byte;
      bytes[to++] = byte;
    }
    this.#in = from + 1;
    this.#out = to;
    // An id of zeros is no id: no payload has one.
    return any !== 0;
  }

  #integrity({ hash, seal, note, signature }: DeliverableRecord): void {
    const bytes = this.#bytes;
    let at = this.#out;
    bytes.set(ADDED, at);
    at += ADDED.length;
    bytes.set(HASH_HEAD, at);
    at += HASH_HEAD.length;
    at += bytes.write(hash, at, 64, 'latin1');
    if (seal !== undefined) {
      const start = at;
      bytes.set(SEAL_HEAD, at);
      at = this.#varint(at + SEAL_HEAD.length, seal);
      bytes[start + 1] = at - start - 2;
      bytes[start + SEAL_HEAD.length - 2] = at - start - SEAL_HEAD.length + 1;
    }
    if (signature !== undefined) {
      bytes.set(VALUE_HEAD, at);
      at += VALUE_HEAD.length;
      at += bytes.write(Buffer.from(signature).toString('base64'), at, 88, 'latin1');
    }
    this.#out = at;
    if (note !== undefined) this.#note(note);
  }

  #note(note: string): void {
    const length = Buffer.byteLength(note);
    const at = this.#longTextHead(NOTE_KEY, length);
    this.#out = at + this.#bytes.write(note, at, length, 'utf8');
  }

  #noteSeverityInput(input: SeverityInput | undefined, content: number): void {
    if (input === undefined) return;
    const bytes = this.#bytes;
    if (input === 'step_up.requirement_met') this.#met = bytes[content] === 1;
    else if (input === 'step_up.outcome') this.#outcome = bytes.toString('latin1', content, this.#out);
    else this.#result = bytes.toString('latin1', content, this.#out);
  }

  #accept(token: Uint8Array): boolean {
    if (!this.#startsWith(this.#in, token)) return false;
    this.#in += token.length;
    return true;
  }

  #startsWith(at: number, token: Uint8Array): boolean {
    const bytes = this.#bytes;
    for (let i = 0; i < token.length; i++) {
      if (bytes[at + i] !== token[i]) return false;
    }
    return true;
  }

  /** @returns the position behind it */
  #varint(start: number, value: number): number {
    const bytes = this.#bytes;
    let at = start;
    let rest = value;
    while (rest > 0x7f) {
      bytes[at++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    bytes[at++] = rest;
    return at;
  }
}

/** Undefined where the severity of an event depends on what it says. */
function constantSeverity(event: string): Buffer | undefined {
  const rules = Object.entries(EVENTS).find(([name]) => name === event)?.[1].severityRules;
  return rules === undefined || rules.length === 0 ? severityFields(severityOf(event)) : undefined;
}

function severityFields(severity: Severity): Buffer {
  let fields = SEVERITIES.get(severity);
  if (fields === undefined) {
    const text = Buffer.from(severity.text);
    const { number } = severity;
    fields = Buffer.concat([
      Buffer.of(field.RECORD_SEVERITY_NUMBER, number, field.RECORD_SEVERITY_TEXT, text.length),
      text,
    ]);
    SEVERITIES.set(severity, fields);
  }
  return fields;
}

/** `key` of a `KeyValue`, in its field. */
function keyOf(name: string): Buffer {
  return Buffer.concat([Buffer.of(field.KEY_VALUE_KEY, name.length), Buffer.from(name)]);
}

/** A whole attribute whose lengths all fit one byte. */
function shortText(name: string, value: string): Buffer {
  const head = keyValueHead(name, [field.ANY_STRING, value.length]);
  head[1] = head.length - 2 + value.length;
  head[head.length - 3] = 2 + value.length;
  return Buffer.concat([head, Buffer.from(value)]);
}
