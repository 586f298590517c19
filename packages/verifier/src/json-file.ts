// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { type JsonValue, parseStrictJson } from '@stepseal/core/format';
import { VerifierError, type VerifierErrorCode } from './errors.ts';

/** Larger files are refused before they are looked at. */
const MAX_BYTES = 64 << 20;

/** Reads a file that says whom or what to believe: strict JSON, nothing that is not described, every problem with its place. */
export class JsonFile {
  private readonly code: VerifierErrorCode;
  private readonly title: string;
  private readonly maxBytes: number;

  /** @param title - What the file is called in messages. */
  constructor(code: VerifierErrorCode, title: string, maxBytes: number = MAX_BYTES) {
    this.code = code;
    this.title = title;
    this.maxBytes = maxBytes;
  }

  parse(text: string): JsonValue {
    try {
      return parseStrictJson(Buffer.from(text), { maxBytes: this.maxBytes });
    } catch (cause) {
      this.fail(`not JSON, or not strict: ${cause instanceof Error ? cause.message : 'unreadable'}`, cause);
    }
  }

  /** The members of an object; with `names`, no others than those. */
  object(value: JsonValue | undefined, place: string, names?: readonly string[]): ReadonlyMap<string, JsonValue> {
    if (!(value instanceof Map)) this.fail(`${place} is not an object`);
    const unknown = names === undefined ? undefined : [...value.keys()].find((name) => !names.includes(name));
    if (unknown !== undefined) this.fail(`unknown key ${JSON.stringify(unknown)} in ${place}`);
    return value;
  }

  /** A list of strings; absent, an empty one. */
  strings(value: JsonValue | undefined, place: string): readonly string[] {
    if (value === undefined) return [];
    if (!Array.isArray(value) || !value.every((item) => typeof item === 'string'))
      this.fail(`${place} is not a list of strings`);
    return value as readonly string[];
  }

  fail(problem: string, cause?: unknown): never {
    const message = `${this.title}: ${problem}. See docs/spec/trust.md for the form of the file.`;
    throw new VerifierError(this.code, message, cause === undefined ? undefined : { cause });
  }
}
