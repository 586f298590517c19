// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { judge, measured, target } from '../judge.mjs';

/**
 * Figures that a script measures in a process of its own, printed as they come.
 *
 * @param settings.script path
 * @param settings.part its arguments
 * @param settings.minutes after which it is ended
 * @returns the figures, and why something could not be measured
 */
export async function measure({ script, part, minutes, waivers, execPath = process.execPath, env = process.env }) {
  const child = fork(script, part, { execPath, env, execArgv: ['--expose-gc'] });
  const figures = [];
  child.on('message', (figure) => {
    figures.push(figure);
    const cells = [figure.what.padEnd(56), measured(figure).padEnd(22), target(figure).padEnd(10)];
    console.log(`  ${cells.join('')}${judge(figure, waivers).padEnd(10)}${figure.beside ?? ''}`);
  });
  const limit = setTimeout(() => child.kill(), minutes * 60_000);
  const [code] = await once(child, 'exit');
  clearTimeout(limit);
  return { figures, failure: code === 0 ? undefined : `the process ended with ${code ?? 'a signal'}` };
}
