// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Panel } from './panel.ts';

/** Columns of Kibana's grid. */
const WIDTH = 48;

export interface Grid {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** Lays panels out row by row, from left to right; a row is as high as its highest panel. */
export function placed(
  panels: readonly Panel[],
): { readonly panel: Panel; readonly grid: Grid & { [name: string]: number } }[] {
  let [x, y, rowHeight] = [0, 0, 0];
  return panels.map((panel) => {
    const { width: w, height: h } = panel;
    if (x + w > WIDTH) [x, y, rowHeight] = [0, y + rowHeight, 0];
    const grid = { x, y, w, h };
    x += w;
    rowHeight = Math.max(rowHeight, h);
    return { panel, grid };
  });
}
