// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Json, JsonObject } from '../json.ts';

/** One thing that holds for a document. */
export type Condition =
  | { readonly field: string; readonly is: string | boolean }
  | { readonly field: string; readonly oneOf: readonly string[] }
  | { readonly field: string; readonly exists: boolean };

/** All of them hold; none: every document. */
export type Where = readonly Condition[];

/** In Kibana's query language, as it stands in a panel. */
export function kql(where: Where): string {
  return where.map(kqlOf).join(' and ');
}

function kqlOf(condition: Condition): string {
  const { field } = condition;
  if ('is' in condition) return `${field} : ${quoted(condition.is)}`;
  if ('oneOf' in condition) return `${field} : (${condition.oneOf.map(quoted).join(' or ')})`;
  return condition.exists ? `${field} : *` : `not ${field} : *`;
}

function quoted(value: string | boolean): string {
  return typeof value === 'boolean' ? String(value) : `"${value}"`;
}

/** The same as a query of a search request. */
export function queryOf(where: Where): JsonObject {
  const filter = where.map(clauseOf);
  return filter.length === 0 ? { match_all: {} } : { bool: { filter } };
}

function clauseOf(condition: Condition): Json {
  const { field } = condition;
  if ('is' in condition) return { term: { [field]: condition.is } };
  if ('oneOf' in condition) return { terms: { [field]: condition.oneOf } };
  const exists = { exists: { field } };
  return condition.exists ? exists : { bool: { must_not: [exists] } };
}
