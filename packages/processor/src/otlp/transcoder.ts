// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { isUtf8 } from 'node:buffer';
import * as field from './fields.ts';
import { INTEGRITY_BYTES, PAYLOAD_KEY, putIntegrity, putLongText } from './integrity-attributes.ts';
import { type KnownAttribute, KnownAttributes, type SeverityInput } from './known-attribute.ts';
import { type KnownEvent, KnownEvents, severityFields } from './known-events.ts';
import type { DeliverableRecord } from './logs-encoding.ts';
import { type ProtobufWriter, varintLength } from './protobuf-writer.ts';
import { spellWide } from './wide-value.ts';
import { isAt, putId, putTime, putVarint } from './wire-bytes.ts';

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

/** What a record takes beyond its payload twice, note and signature apart: added attributes, lengths, words begun. */
const ROOM: number = 512 + INTEGRITY_BYTES;

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
  readonly #known = new KnownAttributes();
  readonly #events = new KnownEvents();
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
    const { payload, note, hash, signature } = record;
    // Their places are as long as they always are.
    if (hash.length !== 64 || (signature !== undefined && signature.length !== 64)) return false;
    writer.reserve(2 * payload.length + 3 * (note?.length ?? 0) + ROOM);
    if (this.#bytes !== writer.bytes) {
      this.#bytes = writer.bytes;
      this.#view = new DataView(writer.bytes.buffer, writer.bytes.byteOffset);
    }
    const start = writer.position;
    const bytes = this.#bytes;
    // Most records take two bytes for their length; if not, they are moved.
    const content = start + 3;
    // P is put where it belongs in the record; there it is read as well.
    this.#in = putLongText(bytes, content, PAYLOAD_KEY, payload.length);
    bytes.set(payload, this.#in);
    this.#end = this.#out = this.#in + payload.length;
    this.#outcome = this.#result = this.#met = undefined;
    this.#high = 0;
    if (!this.#attributes() || !this.#rest()) return false;
    if ((this.#high & 0x80808080) !== 0 && !isUtf8(payload)) return false;
    this.#out = putIntegrity(this.#bytes, this.#out, record);
    const length = this.#out - content;
    const width = varintLength(length);
    if (width !== 2) bytes.copyWithin(start + 1 + width, content, this.#out);
    bytes[start] = field.SCOPE_LOGS_LOG_RECORDS;
    writer.position = putVarint(this.#bytes, start + 1, length) + length;
    return true;
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
    if (found === undefined || !this.#isAt(found)) found = this.#known.learn(this.#bytes, this.#in);
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
      this.#out = spellWide(bytes, start, attribute, length);
      return true;
    }
    bytes[start + 1] = headLength + length - 2;
    const valueLengthAt = start + attribute.valueLengthAt;
    bytes[valueLengthAt] = headLength - attribute.valueLengthAt - 1 + length;
    // Text and list have a length of their own, in the head's last byte.
    if (attribute.kind === 'string' || attribute.kind === 'array') bytes[content - 1] = length;
    return true;
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
    this.#out = putVarint(this.#bytes, this.#out, value);
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
    const at = putVarint(this.#bytes, start + 1, value);
    bytes[at] = field.ANY_STRING;
    putVarint(this.#bytes, at + 1, length);
    return true;
  }

  #eventName(): boolean {
    const bytes = this.#bytes;
    const start = this.#in;
    let event = this.#lastEvent;
    if (event === undefined || !isAt(this.#bytes, start, event.name)) {
      const end = bytes.indexOf(QUOTE, start);
      if (end === -1 || end > this.#end) return false;
      event = this.#events.find(bytes.toString('latin1', start, end));
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
    const severity = event.severity ?? severityFields(event.text, this.#outcome, this.#result, this.#met);
    bytes.set(severity, at);
    this.#out = at + severity.length;
    return true;
  }

  #time(tag: number): boolean {
    if (!putTime(this.#view, this.#bytes, this.#in, this.#out + 1)) return false;
    this.#bytes[this.#out] = tag;
    this.#in += 20;
    this.#out += 9;
    return true;
  }

  #id(tag: number, size: number): boolean {
    const bytes = this.#bytes;
    if (!putId(bytes, this.#in, this.#out + 2, size)) return false;
    bytes[this.#out] = tag;
    bytes[this.#out + 1] = size;
    this.#in += 2 * size + 1;
    this.#out += size + 2;
    return true;
  }

  #noteSeverityInput(input: SeverityInput | undefined, content: number): void {
    if (input === undefined) return;
    const bytes = this.#bytes;
    if (input === 'step_up.requirement_met') this.#met = bytes[content] === 1;
    else if (input === 'step_up.outcome') this.#outcome = bytes.toString('latin1', content, this.#out);
    else this.#result = bytes.toString('latin1', content, this.#out);
  }

  #accept(token: Uint8Array): boolean {
    if (!isAt(this.#bytes, this.#in, token)) return false;
    this.#in += token.length;
    return true;
  }
}
