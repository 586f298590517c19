// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import * as field from './fields.ts';
import { isAt } from './wire-bytes.ts';

/** What a fast record's attribute may hold. */
type AttributeKind = 'string' | 'int' | 'bool' | 'array';

/** Attributes whose values severity depends on. */
export type SeverityInput = 'step_up.outcome' | 'step_up.access.result' | 'step_up.requirement_met';

/**
 * A name with a type of value, as both spellings have it up to the value: compared and copied in words of four bytes, it
 * is read at a fraction of what looking at its letters would cost.
 */
export interface KnownAttribute {
  readonly kind: AttributeKind;
  readonly severityInput: SeverityInput | undefined;
  /** `"name":{"stringValue":"` as whole words, and the bytes behind the last of them. */
  readonly tokenWords: Int32Array;
  readonly tokenRest: Uint8Array;
  readonly tokenLength: number;
  /** The `KeyValue` in its field up to the value's content, lengths 0; the last word may have bytes too many. */
  readonly headWords: Int32Array;
  readonly headLength: number;
  /** Where in the head the length of `AnyValue` stands. */
  readonly valueLengthAt: number;
  /** What came behind this attribute last time, and the time before that: names come in order, so mostly it is one of these. */
  next: KnownAttribute | undefined;
  second: KnownAttribute | undefined;
}

/** Names up to so many bytes are worth knowing; then every length but a text's fits one byte. */
const MAX_NAME_BYTES = 64;

const TOKEN_ENDS: Readonly<Record<AttributeKind, Buffer>> = {
  string: Buffer.from('":{"stringValue":"'),
  int: Buffer.from('":{"intValue":"'),
  bool: Buffer.from('":{"boolValue":'),
  array: Buffer.from('":['),
};

const KINDS = ['string', 'int', 'bool', 'array'] as const satisfies readonly AttributeKind[];

const CONTENT_TAGS: Readonly<Record<AttributeKind, readonly number[]>> = {
  string: [field.ANY_STRING, 0],
  int: [field.ANY_INT],
  bool: [field.ANY_BOOL],
  array: [field.ANY_ARRAY, 0],
};

const SEVERITY_INPUTS: Readonly<Record<string, AttributeKind>> = {
  'step_up.outcome': 'string',
  'step_up.access.result': 'string',
  'step_up.requirement_met': 'bool',
} satisfies Record<SeverityInput, AttributeKind>;

/** Attributes known at most; then all are forgotten, since names may be somebody else's choice. */
const MAX_KNOWN = 1_024;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** The attributes that were seen, by name and type of value. */
export class KnownAttributes {
  readonly #known = new Map<string, KnownAttribute>();

  /** The attribute whose member begins there; undefined for one that the quick way does not take. */
  learn(bytes: Buffer, start: number): KnownAttribute | undefined {
    if (bytes[start] !== QUOTE) return undefined;
    let at = start + 1;
    for (let byte = bytes[at] as number; byte !== QUOTE; byte = bytes[++at] as number) {
      if (byte === BACKSLASH || byte > 0x7e || byte < 0x20 || at - start > MAX_NAME_BYTES) return undefined;
    }
    const name = bytes.toString('latin1', start + 1, at);
    const kind = KINDS.find((one) => isAt(bytes, at, TOKEN_ENDS[one]));
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
}

/** @param name ASCII, at most {@link MAX_NAME_BYTES} */
function knownAttribute(name: string, kind: AttributeKind): KnownAttribute {
  const token = Buffer.concat([Buffer.from(`"${name}`), TOKEN_ENDS[kind]]);
  const head = keyValueHead(name, CONTENT_TAGS[kind]);
  const whole = token.length & ~3;
  return {
    kind,
    severityInput: SEVERITY_INPUTS[name] === kind ? (name as SeverityInput) : undefined,
    tokenWords: words(token.subarray(0, whole)),
    tokenRest: token.subarray(whole),
    tokenLength: token.length,
    headWords: words(head),
    headLength: head.length,
    valueLengthAt: 5 + name.length,
    next: undefined,
    second: undefined,
  };
}

/** A `KeyValue` in its field up to the content of its value, both lengths 0. */
export function keyValueHead(name: string, content: readonly number[]): Buffer {
  return Buffer.concat([
    Buffer.of(field.RECORD_ATTRIBUTES, 0, field.KEY_VALUE_KEY, name.length),
    Buffer.from(name),
    Buffer.of(field.KEY_VALUE_VALUE, 0, ...content),
  ]);
}

function words(bytes: Uint8Array): Int32Array {
  const padded = Buffer.alloc((bytes.length + 3) & ~3);
  padded.set(bytes);
  return Int32Array.from({ length: padded.length / 4 }, (_, index) => padded.readInt32LE(4 * index));
}
