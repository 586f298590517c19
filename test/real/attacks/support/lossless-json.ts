// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

/** Not yet among the types of the compiler's library; every Node that the tests run on has it. */
interface SourceText {
  readonly source: string;
}
type WithSource = (text: string, reviver: (key: string, value: unknown, context: SourceText) => unknown) => unknown;
const { parse, rawJSON } = JSON as unknown as { parse: WithSource; rawJSON: (text: string) => unknown };

/** JSON in which a number that JavaScript would spell otherwise, `1.0` or one beyond 2^53, keeps its spelling. */
export function parseLossless(text: string): unknown {
  return parse(text, (_key, value, { source }) =>
    typeof value === 'number' && String(value) !== source ? rawJSON(source) : value,
  );
}

/** A number spelt just so. */
export function spelt(number: string): unknown {
  return rawJSON(number);
}
