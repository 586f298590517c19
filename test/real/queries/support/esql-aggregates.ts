// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { type Expression, parseExpression } from './esql-expression.ts';
import type { Row } from './rows.ts';

export type Table = readonly Row[];

/** A row with more columns, each an expression on another row or on itself. */
export function tableWith(row: Row, more: readonly (readonly [name: string, Expression])[], of: Row = row): Row {
  return { ...row, ...Object.fromEntries(more.map(([name, expression]) => [name, expression(of)])) };
}

/** The value of `FUNCTION(arguments) [WHERE condition]` over rows. */
export function aggregateOf(text: string, rows: Table): unknown {
  const [, name = '', list = '', condition] = /^(\w+)\(([^)]*)\)(?:\s+WHERE\s+([\s\S]+))?$/.exec(text) ?? [];
  const [column = '', parameter] = list.split(',').map((part) => part.trim());
  const chosen = condition === undefined ? rows : rows.filter(isTrue(parseExpression(condition)));
  if (name === 'COUNT' && column === '*') return chosen.length;
  const values = chosen.flatMap((row) => row[column] ?? []).sort(ascending);
  switch (name) {
    case 'MIN':
      return values[0] ?? null;
    case 'MAX':
      return values.at(-1) ?? null;
    case 'SUM':
      return values.reduce<number>((sum, value) => sum + Number(value), 0);
    case 'COUNT_DISTINCT':
      return new Set(values).size;
    case 'VALUES': {
      const distinct = [...new Set(values)];
      return distinct.length > 1 ? distinct : (distinct[0] ?? null);
    }
    case 'PERCENTILE':
      return percentile(values as number[], Number(parameter) / 100);
    default:
      throw new Error(`no aggregate ${text}`);
  }
}

function isTrue(condition: Expression): (row: Row) => boolean {
  return (row) => condition(row) === true;
}

function ascending(a: unknown, b: unknown): number {
  return (a as number) < (b as number) ? -1 : 1;
}

/** Between its two neighbours, by distance: what the server's digest gives of so few values. */
function percentile(sorted: readonly number[], part: number): number | null {
  const place = part * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  return below === undefined || above === undefined ? null : below + (above - below) * (place % 1);
}
