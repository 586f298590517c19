// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { split } from '../../../tooling/support/esql.ts';
import { aggregateOf, type Table, tableWith } from './esql-aggregates.ts';
import { type Expression, parseExpression } from './esql-expression.ts';
import type { Row } from './rows.ts';

/**
 * What the part of ES|QL that docs/queries uses says about some documents. No more than a second reader of the texts: it
 * shows that a query means what its search request means, not that a server takes it.
 *
 * @param documents fields of each, one value as itself and several as a list
 */
export function rowsOfEsql(text: string, documents: readonly Row[]): readonly Row[] {
  const [, ...commands] = split(text, '|');
  return commands.reduce<Table>((rows, command) => {
    const [, name = '', rest = ''] = /^\s*(\w+)\s+([\s\S]+)$/.exec(command) ?? [];
    return run(name, rest.trim(), rows);
  }, documents);
}

function run(command: string, rest: string, rows: Table): Table {
  switch (command) {
    case 'WHERE': {
      const condition = parseExpression(rest);
      return rows.filter((row) => condition(row) === true);
    }
    case 'EVAL':
      return rows.map((row) => tableWith(row, assignments(rest)));
    case 'KEEP': {
      const names = split(rest, ',').map((name) => name.trim());
      return rows.map((row) => Object.fromEntries(names.map((name) => [name, row[name] ?? null])));
    }
    case 'SORT':
      return rows.toSorted(orderOf(rest));
    case 'LIMIT':
      return rows.slice(0, Number(rest));
    case 'STATS':
      return grouped(rest, rows);
    default:
      throw new Error(`no command ${command}`);
  }
}

/** The expressions of `name = expression, …`, by name. */
function assignments(list: string): [name: string, Expression][] {
  return named(list).map(([name, text]) => [name, parseExpression(text)]);
}

function named(list: string): [name: string, text: string][] {
  return split(list, ',').map((part) => {
    const equals = part.indexOf('=');
    return [part.slice(0, equals).trim(), part.slice(equals + 1).trim()];
  });
}

/** Ascending has what is nothing at its end, descending at its beginning. */
function orderOf(list: string): (a: Row, b: Row) => number {
  const keys = split(list, ',').map((part) => part.trim().split(' '));
  return (a, b) => {
    for (const [name = '', direction] of keys) {
      const order = compare(a[name] ?? null, b[name] ?? null);
      if (order !== 0) return direction === 'DESC' ? -order : order;
    }
    return 0;
  };
}

function compare(a: unknown, b: unknown): number {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  return (a as string) < (b as string) ? -1 : 1;
}

function grouped(rest: string, rows: Table): Table {
  const [values = '', by = ''] = rest.split(/\sBY\s/);
  const keys = assignments(by);
  const groups = Map.groupBy(
    rows.map((row) => ({ row, key: tableWith({}, keys, row) })),
    ({ key }) => JSON.stringify(key),
  );
  return [...groups.values()].map((members) => {
    const inside = members.map(({ row }) => row);
    const aggregates = named(values).map(([name, text]) => [name, aggregateOf(text, inside)]);
    return { ...members[0]?.key, ...(Object.fromEntries(aggregates) as Row) };
  });
}
