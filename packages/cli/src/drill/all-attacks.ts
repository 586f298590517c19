// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Attack } from './attack.ts';
import { DELETES } from './attacks/deletes.ts';
import { EDITS } from './attacks/edits.ts';
import { FORGES } from './attacks/forges.ts';
import { INSERTS } from './attacks/inserts.ts';
import { REORDERS } from './attacks/reorders.ts';
import { TRUNCATES } from './attacks/truncates.ts';

/** Every attack of a drill, in the order in which they are shown. */
export const ATTACKS: readonly Attack[] = [...EDITS, ...DELETES, ...REORDERS, ...INSERTS, ...TRUNCATES, ...FORGES];
