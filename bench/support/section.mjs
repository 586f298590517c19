// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { judge, measured, target } from '../judge.mjs';

/** What one row measured, under its title. */
export function section(row, results, waivers) {
  const figures = results.filter(({ name }) => name === row.name).flatMap((result) => result.figures);
  const lines = figures.map((figure) => [
    figure.what,
    measured(figure),
    target(figure),
    judge(figure, waivers),
    figure.beside,
  ]);
  return [`## ${row.title}`, row.how, table([['what', 'measured', 'target', '', 'beside it'], ...lines])];
}

export function table([head, ...rows]) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
