// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { boolNeedle, eventNeedle, stringNeedle, valueNeedle } from './line-bytes.ts';
import type { LineTerm } from './scan-segment.ts';

/** One thing that a record says. */
export type Fact =
  | { readonly kind: 'text'; readonly attribute: string; readonly value: string }
  | { readonly kind: 'flag'; readonly attribute: string; readonly value: boolean }
  | { readonly kind: 'event'; readonly name: string }
  /** Part of any value, as it is spelled here. */
  | { readonly kind: 'word'; readonly spelling: string };

/** A condition on the records of a step-up: one of them meets it, or, where `absent`, none does. */
export interface Filter {
  /** Met where all facts of one of these are stated by one record. */
  readonly anyOf: readonly (readonly Fact[])[];
  readonly absent: boolean;
  /** The same, for the bytes of a payload. */
  readonly line: LineTerm;
}

/** A record of the time asked for must meet it. */
export function present(anyOf: readonly (readonly Fact[])[]): Filter {
  return { anyOf, absent: false, line: lineTerm(anyOf, true) };
}

/** No record of whatever time may meet it. */
export function absent(anyOf: readonly (readonly Fact[])[]): Filter {
  return { anyOf, absent: true, line: lineTerm(anyOf, false) };
}

/** One of these attributes has one of these texts. In lines the texts alone are looked for: that is once each. */
export function anyText(attributes: readonly string[], values: readonly string[]): Filter {
  const filter = present(attributes.flatMap((attribute) => values.map((value) => [text(attribute, value)])));
  return { ...filter, line: { ...filter.line, seeds: values.map(valueNeedle) } };
}

export function text(attribute: string, value: string): Fact {
  return { kind: 'text', attribute, value };
}

export function isAboutWords({ anyOf }: Filter): boolean {
  return anyOf.some((facts) => facts.some(({ kind }) => kind === 'word'));
}

function lineTerm(anyOf: Filter['anyOf'], inWindow: boolean): LineTerm {
  const inValues = anyOf.some((facts) => facts.some(({ kind }) => kind === 'word'));
  return { alternatives: anyOf.map((facts) => facts.map(needle)), inValues, inWindow };
}

function needle(fact: Fact): Buffer {
  switch (fact.kind) {
    case 'text':
      return stringNeedle(fact.attribute, fact.value);
    case 'flag':
      return boolNeedle(fact.attribute, fact.value);
    case 'event':
      return eventNeedle(fact.name);
    case 'word':
      return Buffer.from(JSON.stringify(fact.spelling).slice(1, -1));
  }
}
