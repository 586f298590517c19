// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { nearestName } from '@stepseal/processor/config';
import { CATALOGUE } from './catalogue.ts';

/** What to type instead of an unknown command: the nearest one, or the help. */
export function suggestCommand(typed: string): string {
  const names = Object.keys(CATALOGUE);
  const whole = nearestName(typed, names) ?? nearestName(typed.split(' ')[0] ?? '', names);
  return whole === undefined ? ' `stepseal help` lists all commands.' : ` Did you mean \`stepseal ${whole}\`?`;
}
