// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

/** A question of docs/queries, as its file has it. */
export interface Recipe {
  readonly name: string;
  readonly question: string;
  /** Words in the texts that stand for a value of the reader's. */
  readonly parameters?: Readonly<Record<string, string>>;
  readonly kql?: string;
  readonly esql: string;
  /** Body of a search that answers the same. */
  readonly request: Request;
  /** JSON pointers to the lists that make the rows, each within an element of the one before. */
  readonly rows: readonly string[];
  /** Columns of the ES|QL answer: `<index of the list>/<JSON pointer within its element>`; `*` is every element. */
  readonly columns: Readonly<Record<string, string>>;
  /** What is left to do with the rows, in words. */
  readonly then?: string;
}

export interface Request {
  readonly query: object;
  readonly aggs?: object;
}

const DIRECTORY = fileURLToPath(new URL('../../../../docs/queries/', import.meta.url));

export const recipes: readonly Recipe[] = globSync('*.yaml', { cwd: DIRECTORY })
  .sort()
  .flatMap((name) => (parse(readFileSync(`${DIRECTORY}${name}`, 'utf8')) as { recipes: Recipe[] }).recipes);

/** The recipe with values in place of its parameters. */
export function filled(recipe: Recipe, values: Readonly<Record<string, string>>): Recipe {
  let text = JSON.stringify(recipe);
  for (const name of Object.keys(recipe.parameters ?? {})) {
    const value = values[name];
    if (value === undefined) throw new Error(`no value for ${name}`);
    text = text.replaceAll(name, value);
  }
  return JSON.parse(text) as Recipe;
}
