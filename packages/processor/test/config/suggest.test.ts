// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { expect, it } from 'vitest';
import { nearestName } from '../../src/config/suggest.ts';

const NAMES = ['verify', 'explain', 'keys new', 'trust add', 'trust show', 'config', 'dataDir', 'seal.maxRecords'];

it.each([
  ['verfy', 'verify'],
  ['vreify', 'verify'],
  ['data_dir', 'dataDir'],
  ['DATADIR', 'dataDir'],
  ['seal.maxrecord', 'seal.maxRecords'],
  ['trust-shwo', 'trust show'],
  ['conifg', 'config'],
])('%s most likely stands for %s', (typed, name) => {
  expect(nearestName(typed, NAMES)).toBe(name);
});

it.each(['', 'x', 'kubernetes', 'v'.repeat(100_000)])('nothing is suggested for what is like no name', (typed) => {
  expect(nearestName(typed, NAMES)).toBeUndefined();
});
