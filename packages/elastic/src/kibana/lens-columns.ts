// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Json, JsonObject } from '../json.ts';
import { formulaOf, MINUTE_MS } from './api-chart.ts';
import { fieldType } from './field-type.ts';
import { EVENT, TIME } from './fields.ts';
import type { Measure, Split } from './panel.ts';
import { lastOf } from './search-request.ts';
import { kql, type Where } from './where.ts';

/** Columns of a Lens layer by their id; figures that are computed of others bring those along. */
export type Columns = readonly (readonly [id: string, column: JsonObject])[];

const RECORDS = '___records___';

/** @param rank id of the column that values are ranked by */
export function splitColumn(split: Split, rank: string): JsonObject {
  const { label } = split;
  const common = { label, customLabel: true, isBucketed: true };
  switch (split.by) {
    case 'conditions': {
      const filters = split.groups.map((group) => ({ label: group.label, input: query(group.where) }));
      return { ...common, dataType: 'string', scale: 'ordinal', operationType: 'filters', params: { filters } };
    }
    case 'days':
      return {
        ...common,
        dataType: 'date',
        scale: 'interval',
        operationType: 'date_histogram',
        sourceField: TIME,
        params: { interval: '1d', includeEmptyRows: true, dropPartials: false },
      };
    case 'values':
      return {
        ...common,
        dataType: fieldType(split.field),
        scale: 'ordinal',
        operationType: 'terms',
        sourceField: split.field,
        params: {
          size: split.limit,
          orderBy:
            split.order === undefined ? { type: 'column', columnId: rank } : { type: 'alphabetical', fallback: false },
          orderDirection: split.order ?? 'desc',
          otherBucket: split.without === true,
          missingBucket: split.without === true,
          parentFormat: { id: 'terms' },
        },
      };
  }
}

/** The column of a figure, the figure itself first. @param panel what holds for the whole panel */
export function measureColumns(measure: Measure, id: string, panel: Where): Columns {
  const of = (where: Where = []): JsonObject => {
    const all = [...panel, ...where];
    return query(all.length === 0 ? [{ field: EVENT, exists: true }] : all);
  };
  const common = { label: measure.label, customLabel: true, isBucketed: false, dataType: 'number', scale: 'ratio' };
  switch (measure.figure) {
    case 'count':
      return [[id, { ...common, ...counted(of(measure.where)) }]];
    case 'distinct':
      return [[id, { ...common, ...field('unique_count', measure.field), filter: of(measure.where) }]];
    case 'sum':
      return [[id, { ...common, ...field('sum', measure.field), filter: of() }]];
    case 'percentile': {
      const params = { percentile: measure.percentile };
      return [[id, { ...common, ...field('percentile', measure.field), params, filter: of() }]];
    }
    case 'last':
      return [[id, { ...common, ...newest(measure.field, of(lastOf(measure))) }]];
    case 'share':
    case 'rate':
    case 'age':
      return formulaColumns(measure, id, common);
  }
}

type Formula = Extract<Measure, { readonly figure: 'share' | 'rate' | 'age' }>;

/** A formula is kept with its parts, and with the tree that they are put together by. */
function formulaColumns(measure: Formula, id: string, common: JsonObject): Columns {
  const { formula, format } = formulaOf(measure);
  const parts = partsOf(measure).map(
    (part, index) => [`${id}X${index}`, { ...common, label: `Part of ${measure.label}`, ...part }] as const,
  );
  const args = parts.map(([part]) => part);
  const node = (name: string, operands: readonly Json[], text: string): JsonObject => {
    const min = formula.indexOf(text);
    return { type: 'function', name, args: operands, location: { min, max: min + text.length }, text };
  };
  const inner = formula.slice(1, formula.lastIndexOf(')'));
  const tree =
    measure.figure === 'age'
      ? node('divide', [node('subtract', args, inner), MINUTE_MS], formula)
      : node('divide', args, formula);
  const sum = `${id}X${parts.length}`;
  const { type, decimals } = format;
  const math = { operationType: 'math', params: { tinymathAst: tree }, references: args };
  const params = { formula, isFormulaBroken: false, format: { id: type, params: { decimals } } };
  return [
    [id, { ...common, operationType: 'formula', params, references: [sum] }],
    ...parts,
    [sum, { ...common, label: `Part of ${measure.label}`, ...math }],
  ];
}

function partsOf(measure: Formula): JsonObject[] {
  switch (measure.figure) {
    case 'share':
      return [counted(query(measure.where)), counted()];
    case 'rate':
      return [counted(), field('unique_count', measure.per)];
    case 'age':
      return [{ operationType: 'now', references: [] }, newest(TIME, query(measure.where))];
  }
}

function counted(filter?: JsonObject): JsonObject {
  const column = { operationType: 'count', sourceField: RECORDS, params: { emptyAsNull: false } };
  return filter === undefined ? column : { ...column, filter };
}

function field(operationType: string, sourceField: string): JsonObject {
  return { operationType, sourceField, params: { emptyAsNull: false } };
}

function newest(sourceField: string, filter: JsonObject): JsonObject {
  const dataType = fieldType(sourceField);
  const scale = dataType === 'number' ? 'ratio' : dataType === 'date' ? 'interval' : 'ordinal';
  return { operationType: 'last_value', sourceField, dataType, scale, params: { sortField: TIME }, filter };
}

export function query(where: Where): JsonObject {
  return { query: kql(where), language: 'kuery' };
}
