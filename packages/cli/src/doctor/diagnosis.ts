// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { ResolvedConfig } from '@stepseal/processor/config';
import type { HealthReport } from '@stepseal/processor/data';
import type { InstalledPackage } from './installed-packages.ts';

/** Something that is not as it should be, with what to do about it. */
export interface DoctorFinding {
  /** Stable, for scripts. */
  readonly code: string;
  /** `problem`: records are missing or will be; `warning`: they may be, or say less than they could. */
  readonly severity: 'problem' | 'warning';
  readonly what: string;
  readonly why: string;
  readonly action: string;
}

/** A line on how things are, also where all is well. */
export interface Fact {
  readonly name: string;
  readonly value: string;
}

/** What one check has to say. */
export interface Diagnosis {
  readonly facts: readonly Fact[];
  readonly findings: readonly DoctorFinding[];
}

/** What the checks look at. */
export interface Patient {
  readonly config: ResolvedConfig;
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly packages: readonly InstalledPackage[];
  readonly health: readonly HealthReport[];
}
