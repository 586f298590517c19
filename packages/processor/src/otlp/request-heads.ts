// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { TypedValue } from '@stepseal/core/format';
import type { ExportedStream } from './exported-stream.ts';
import * as field from './fields.ts';
import { writeMap, writeText } from './general-record.ts';
import { ALGORITHM, type ExportedScope } from './projection.ts';
import { ProtobufWriter, varintLength } from './protobuf-writer.ts';

/** Records in a row under one Resource and one scope. */
interface Run {
  readonly scope: ExportedScope;
  readonly signed: boolean;
  /** `InstrumentationScope` with its tag and length; the Resource likewise. */
  readonly scopeHead: Uint8Array;
  readonly resourceHead: Uint8Array;
  readonly gapStart: number;
  readonly start: number;
  end: number;
}

/** Tag and length of what holds the runs: of the Resource's group, and of the scope's. */
const MAX_LENGTHS = 2 * 6;

/**
 * What stands around the records of a request. Lengths come before what they measure, and are known only when all records
 * are written: so there is a gap before each run, and the heads are put in from the end, each close before what it is
 * head of. Records stay in their order; a request has one run but for foreign records.
 */
export class RequestHeads {
  readonly #writer: ProtobufWriter;
  readonly #stream: ExportedStream;
  readonly #runs: Run[] = [];
  readonly #resourceHeads = new Map<boolean, Uint8Array>();

  constructor(writer: ProtobufWriter, stream: ExportedStream) {
    this.#writer = writer;
    this.#stream = stream;
    writer.position = 0;
  }

  /** The next record has this scope, and this Resource. */
  enter(scope: ExportedScope, signed: boolean): void {
    if (this.#isIn(scope, signed)) return;
    this.#leave();
    if (this.#isIn(scope, signed)) return;
    const scopeHead = headOf(field.SCOPE_LOGS_SCOPE, (writer) => {
      writeText(writer, field.SCOPE_NAME, scope.name);
      writeText(writer, field.SCOPE_VERSION, scope.version);
    });
    const resourceHead = this.#resourceHead(signed);
    const gapStart = this.#writer.position;
    const gap = scopeHead.length + resourceHead.length + MAX_LENGTHS;
    this.#writer.reserve(gap);
    this.#writer.position += gap;
    const start = this.#writer.position;
    this.#runs.push({ scope, signed, scopeHead, resourceHead, gapStart, start, end: start });
  }

  #isIn(scope: ExportedScope, signed: boolean): boolean {
    const last = this.#runs.at(-1);
    if (last === undefined || last.signed !== signed) return false;
    return last.scope === scope || (last.scope.name === scope.name && last.scope.version === scope.version);
  }

  /** Ends the last run. One that got no record is none. */
  #leave(): void {
    const last = this.#runs.at(-1);
    if (last === undefined) return;
    last.end = this.#writer.position;
    if (last.end > last.start) return;
    this.#runs.pop();
    this.#writer.position = last.gapStart;
  }

  #resourceHead(signed: boolean): Uint8Array {
    let head = this.#resourceHeads.get(signed);
    if (head === undefined) {
      const { resource } = this.#stream;
      const attributes = signed ? withAlgorithm(resource) : resource;
      head = headOf(field.RESOURCE_LOGS_RESOURCE, (writer) => {
        writeMap(writer, field.RESOURCE_ATTRIBUTES, attributes);
      });
      this.#resourceHeads.set(signed, head);
    }
    return head;
  }

  /** Puts the heads in. @returns the request, a view of the writer's buffer */
  finish(): Uint8Array {
    this.#leave();
    const { bytes, position: requestEnd } = this.#writer;
    let at = requestEnd;
    let resourceEnd = requestEnd;
    for (let index = this.#runs.length - 1; index >= 0; index--) {
      const run = this.#runs[index] as Run;
      const scopeEnd = at;
      at = before(bytes, at, bytes.subarray(run.start, run.end));
      at = before(bytes, at, run.scopeHead);
      at = beforeLength(bytes, at, field.RESOURCE_LOGS_SCOPE_LOGS, scopeEnd - at);
      if (this.#runs[index - 1]?.signed === run.signed) continue;
      at = before(bytes, at, run.resourceHead);
      at = beforeLength(bytes, at, field.REQUEST_RESOURCE_LOGS, resourceEnd - at);
      resourceEnd = at;
    }
    return bytes.subarray(at, requestEnd);
  }
}

function withAlgorithm(resource: ReadonlyMap<string, TypedValue>): ReadonlyMap<string, TypedValue> {
  const [name, value] = ALGORITHM;
  return new Map([...resource, [name, { type: 'string', value }]]);
}

function headOf(tag: number, write: (writer: ProtobufWriter) => void): Uint8Array {
  const writer = new ProtobufWriter(256);
  writer.byte(tag);
  writer.message(() => write(writer));
  return writer.bytes.subarray(0, writer.position);
}

/** Puts a part before `end`; it may overlap where it goes. @returns its start */
function before(bytes: Buffer, end: number, part: Uint8Array): number {
  const start = end - part.length;
  if (part.byteOffset - bytes.byteOffset !== start || part.buffer !== bytes.buffer) bytes.set(part, start);
  return start;
}

function beforeLength(bytes: Buffer, end: number, tag: number, length: number): number {
  const start = end - varintLength(length) - 1;
  let at = start;
  bytes[at++] = tag;
  for (let rest = length; at < end; rest >>>= 7) bytes[at++] = (rest & 0x7f) | (at < end ? 0x80 : 0);
  return start;
}
