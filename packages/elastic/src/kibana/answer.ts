// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { type JsonObject, objectAt, objectsAt } from '../json.ts';
import type { AnswerRow, Measure, Panel, Split } from './panel.ts';
import { splitsOf } from './search-request.ts';

type Cell = AnswerRow[number];

/** Reads the answer to the search request of a panel: a row for each innermost group, or for each document. */
export function readAnswer({ chart }: Panel, response: unknown): AnswerRow[] {
  if (chart.chart === 'documents') {
    return hits(objectAt(response)).map((fields) => chart.columns.map((column) => cell(fields?.[column])));
  }
  return rows(objectAt(response, 'aggregations'), splitsOf(chart), chart.measures, 0, []);
}

function rows(
  at: JsonObject | undefined,
  splits: readonly Split[],
  measures: readonly Measure[],
  depth: number,
  keys: readonly Cell[],
): AnswerRow[] {
  const split = splits[depth];
  if (split === undefined) return [[...keys, ...measures.map((measure, index) => figure(at, measure, index))]];
  return bucketsOf(objectAt(at, `g${depth}`), split).flatMap(({ key, bucket }) =>
    rows(bucket, splits, measures, depth + 1, [...keys, key]),
  );
}

function bucketsOf(group: JsonObject | undefined, split: Split): { key: Cell; bucket: JsonObject | undefined }[] {
  // Elasticsearch answers with them sorted by name.
  if (split.by === 'conditions') {
    return split.groups.map(({ label }) => ({ key: label, bucket: objectAt(group, 'buckets', label) }));
  }
  return objectsAt(group, 'buckets').map((bucket) => ({ key: keyOf(bucket, split), bucket }));
}

function keyOf(bucket: JsonObject, { by }: Split): Cell {
  if (by === 'days') return new Date(Number(bucket['key'])).toISOString().slice(0, 10);
  return cell(bucket['key_as_string'] ?? bucket['key']);
}

function figure(bucket: JsonObject | undefined, measure: Measure, index: number): Cell {
  const total = Number(bucket?.['doc_count'] ?? 0);
  const own = objectAt(bucket, `m${index}`);
  const counted = Number(own?.['doc_count'] ?? 0);
  switch (measure.figure) {
    case 'count':
      return measure.where === undefined ? total : counted;
    case 'share':
      return rounded(counted / total);
    case 'rate':
      return rounded(total / Number(own?.['value']));
    case 'sum':
      return rounded(Number(own?.['value']));
    case 'distinct':
      return Number((measure.where === undefined ? own : objectAt(own, 'value'))?.['value']);
    case 'percentile': {
      const value = objectsAt(own, 'values')[0]?.['value'];
      return typeof value === 'number' ? rounded(value) : null;
    }
    case 'last':
      return cell(hits(objectAt(own, 'value'))[0]?.[measure.field]);
    case 'age': {
      const value = objectAt(own, 'value')?.['value'];
      return typeof value === 'number' ? new Date(value).toISOString() : null;
    }
  }
}

function hits(answer: JsonObject | undefined): (JsonObject | undefined)[] {
  return objectsAt(objectAt(answer, 'hits'), 'hits').map((hit) => objectAt(hit, 'fields'));
}

/** The fields of a document come as lists. */
function cell(value: unknown): Cell {
  if (Array.isArray(value)) return value.length === 1 ? cell(value[0]) : value.map(String).join(', ');
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
}

function rounded(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
