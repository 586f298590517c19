// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

/**
 * The part of Kibana's query language that docs/queries uses, as the queries Kibana makes of it: `not` binds before
 * `and`, `and` before `or`; a value in quotes is meant word for word, one without may hold `*`.
 *
 * @throws Error for a text that is none
 */
export function queryOfKql(text: string): object {
  const tokens = [...text.matchAll(/"([^"]*)"|[():]|[^\s():"]+/g)].map(([token]) => token);
  let next = 0;
  const take = (expected?: string): string => {
    const token = tokens[next++];
    if (token === undefined || (expected !== undefined && token !== expected)) throw new Error(`no KQL: ${text}`);
    return token;
  };

  const accept = (word: string): boolean => {
    if (tokens[next] !== word) return false;
    next++;
    return true;
  };

  /** One operand, or more joined by `or`; what `one` reads is joined by `and` within. */
  const joined = (one: () => object): object => {
    const either = [both(one)];
    while (accept('or')) either.push(both(one));
    return either.length === 1 ? (either[0] ?? {}) : { bool: { should: either, minimum_should_match: 1 } };
  };
  const both = (one: () => object): object => {
    const all = [one()];
    while (accept('and')) all.push(one());
    return all.length === 1 ? (all[0] ?? {}) : { bool: { filter: all } };
  };
  const bracketed = (one: () => object): object => {
    take('(');
    const inner = joined(one);
    take(')');
    return inner;
  };
  const clause = (): object => {
    if (accept('not')) return { bool: { must_not: [clause()] } };
    if (tokens[next] === '(') return bracketed(clause);
    const field = take();
    take(':');
    const value = (): object => (tokens[next] === '(' ? bracketed(value) : match(field, take()));
    return value();
  };

  const query = joined(clause);
  if (next !== tokens.length) throw new Error(`no KQL: ${text}`);
  return query;
}

function match(field: string, value: string): object {
  if (/^[():]$|^(and|or|not)$/.test(value)) throw new Error(`no value: ${value}`);
  if (value.startsWith('"')) return { term: { [field]: value.slice(1, -1) } };
  if (value === '*') return { exists: { field } };
  return value.includes('*') ? { wildcard: { [field]: { value } } } : { term: { [field]: value } };
}
