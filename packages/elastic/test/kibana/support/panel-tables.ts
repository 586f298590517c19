// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { DASHBOARDS, SAVED_SEARCHES } from '../../../src/kibana/dashboards.ts';
import type { AnswerRow, Chart, Dashboard, Measure, Panel, Split } from '../../../src/kibana/panel.ts';
import { splitsOf } from '../../../src/kibana/search-request.ts';
import { kql, type Where } from '../../../src/kibana/where.ts';

/** The part of docs/kibana.md that is made from the panels. */
export function panelTables(): string {
  return [...DASHBOARDS.map(section), searches()].join('\n');
}

function section({ id, title, description, choose, panels }: Dashboard): string {
  const chosen = choose === undefined ? '' : ` The answers below are about \`${choose.example}\`.`;
  return [
    `### ${title}`,
    '',
    `\`${id}\`. ${description}${chosen}`,
    '',
    '| panel | question | query | what it shows | answer on the records of the tests |',
    '|---|---|---|---|---|',
    ...panels.map(row),
    '',
  ].join('\n');
}

function row({ title, question, where, chart, answer }: Panel): string {
  const cells = [`**${title}**`, question, code(where), chartInWords(chart), answer.map(answerRow).join('<br>')];
  return `| ${cells.join(' | ')} |`;
}

function code(where: Where): string {
  return where.length === 0 ? 'every record' : `\`${kql(where)}\``;
}

function chartInWords(chart: Chart): string {
  if (chart.chart === 'documents') return `the records, ${chart.oldestFirst ? 'oldest' : 'newest'} first`;
  const measures = chart.measures.map(measureInWords).join(', ');
  const form = chart.chart === 'table' ? 'table' : chart.chart === 'lines' ? 'lines' : 'bars';
  return `${form}: ${measures}, by ${splitsOf(chart).map(splitInWords).join(' and ')}`;
}

function splitInWords(split: Split): string {
  switch (split.by) {
    case 'conditions':
      return split.groups.map(({ label, where }) => `${label} (${code(where)})`).join(', ');
    case 'days':
      return 'day';
    case 'values':
      return `\`${split.field}\``;
  }
}

function measureInWords(measure: Measure): string {
  switch (measure.figure) {
    case 'count':
      return measure.where === undefined ? 'number' : `number with ${code(measure.where)}`;
    case 'distinct':
      return `number of different \`${measure.field}\``;
    case 'sum':
      return `sum of \`${measure.field}\``;
    case 'percentile':
      return `p${measure.percentile} of \`${measure.field}\``;
    case 'last':
      return `newest \`${measure.field}\``;
    case 'share':
      return `share with ${code(measure.where)}`;
    case 'rate':
      return `number for each different \`${measure.per}\``;
    case 'age':
      return 'minutes since the newest (the search request: its moment)';
  }
}

function answerRow(cells: AnswerRow): string {
  return cells.map((cell) => (cell === '*' ? '…' : cell === null ? '-' : String(cell))).join(', ');
}

function searches(): string {
  return [
    '### Saved searches',
    '',
    '| in Discover | query |',
    '|---|---|',
    ...SAVED_SEARCHES.map(({ title, description, where }) => `| **${title}**: ${description} | ${code(where)} |`),
    '',
  ].join('\n');
}
