// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { createHash } from 'node:crypto';
import type { Row } from './rows.ts';

/** The value of an expression on a row; null where the row has nothing to say. */
export type Expression = (row: Row) => unknown;

const TOKEN = /"[^"]*"|\d+(?:\.\d+)?|[@A-Za-z_][\w@]*(?:\.\w+)*|==|!=|<=|>=|[<>()+\-*/,]/g;
const DAY_MS = 86_400_000;
const UNITS_MS: Readonly<Record<string, number>> = { day: DAY_MS, days: DAY_MS, minute: 60_000, minutes: 60_000 };

const FUNCTIONS: Readonly<Record<string, (...values: never[]) => unknown>> = {
  NOW: () => new Date().toISOString(),
  STARTS_WITH: (text: string, start: string) => text.startsWith(start),
  DATE_TRUNC: (span: number, time: string) => new Date(Math.floor(Date.parse(time) / span) * span).toISOString(),
  SHA256: (text: string) => createHash('sha256').update(text).digest('hex'),
  ROUND: (value: number, places: number) => Math.round(value * 10 ** places) / 10 ** places,
  TO_DOUBLE: (value: number) => value,
};

const OPERATORS: Readonly<Record<string, (a: never, b: never) => unknown>> = {
  '==': (a: unknown, b: unknown) => a === b,
  '!=': (a: unknown, b: unknown) => a !== b,
  '<': (a: string, b: string) => a < b,
  '<=': (a: string, b: string) => a <= b,
  '>': (a: string, b: string) => a > b,
  '>=': (a: string, b: string) => a >= b,
  '+': (a: number, b: number) => a + b,
  '-': (a: number | string, b: number) => (typeof a === 'string' ? new Date(Date.parse(a) - b).toISOString() : a - b),
  '/': (a: number, b: number) => a / b,
};

/** From the weakest binding on; NOT and what follows a value stand between. */
const LEVELS: readonly (readonly string[])[] = [['==', '!=', '<', '<=', '>', '>='], ['+', '-'], ['/']];

/** @throws Error for what it does not know */
export function parseExpression(text: string): Expression {
  const tokens = text.match(TOKEN) ?? [];
  let next = 0;
  const accept = (word: string): boolean => {
    if (tokens[next] !== word) return false;
    next++;
    return true;
  };
  const expect = (word: string): void => {
    if (!accept(word)) throw new Error(`${word} expected in ${text}`);
  };

  const either = (): Expression => {
    let left = both();
    while (accept('OR')) {
      const [a, b] = [left, both()];
      left = (row) => a(row) === true || b(row) === true;
    }
    return left;
  };
  const both = (): Expression => {
    let left = negated();
    while (accept('AND')) {
      const [a, b] = [left, negated()];
      left = (row) => a(row) === true && b(row) === true;
    }
    return left;
  };
  const negated = (): Expression => {
    if (!accept('NOT')) return tested();
    const inner = negated();
    return (row) => inner(row) === false;
  };
  const tested = (): Expression => {
    const value = binary(0);
    if (accept('IS')) {
      const not = accept('NOT');
      expect('NULL');
      return (row) => (value(row) === null) !== not;
    }
    if (!accept('IN')) return value;
    const list = listed();
    return (row) => list.some((one) => one(row) === value(row));
  };
  const binary = (level: number): Expression => {
    const operators = LEVELS[level];
    if (operators === undefined) return primary();
    let left = binary(level + 1);
    for (let sign = tokens[next]; sign !== undefined && operators.includes(sign); sign = tokens[next]) {
      next++;
      const [a, b, operator] = [left, binary(level + 1), OPERATORS[sign]];
      left = (row) => applied(operator, [a(row), b(row)]);
    }
    return left;
  };
  const listed = (): Expression[] => {
    expect('(');
    const list: Expression[] = [];
    while (!accept(')')) {
      list.push(either());
      accept(',');
    }
    return list;
  };
  const primary = (): Expression => {
    if (tokens[next] === '(') return listed()[0] ?? (() => null);
    const token = tokens[next++] ?? '';
    if (token.startsWith('"')) return () => token.slice(1, -1);
    if (/^\d/.test(token)) {
      const unit = UNITS_MS[tokens[next] ?? ''];
      if (unit !== undefined) next++;
      return () => Number(token) * (unit ?? 1);
    }
    if (token === 'true' || token === 'false') return () => token === 'true';
    if (tokens[next] !== '(') return (row) => row[token] ?? null;
    const [call, values] = [FUNCTIONS[token], listed()];
    if (call === undefined) throw new Error(`no function ${token}`);
    return (row) =>
      applied(
        call,
        values.map((value) => value(row)),
      );
  };

  const expression = either();
  if (next !== tokens.length) throw new Error(`not understood: ${tokens.slice(next).join(' ')}`);
  return expression;
}

/** Of nothing comes nothing. */
function applied(call: ((...values: never[]) => unknown) | undefined, values: readonly unknown[]): unknown {
  return values.includes(null) ? null : call?.(...(values as never[]));
}
