// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { existsSync } from 'node:fs';
import { KeyError, loadOrCreateKeys } from '@stepseal/processor/keys';
import type { Diagnosis, DoctorFinding, Patient } from './diagnosis.ts';

/** Whether the keys are there and nobody else's. */
export function checkKeys({ config }: Patient): Diagnosis {
  try {
    const keys = loadOrCreateKeys(config, { create: false });
    const findings = keys.warnings.map(
      (what): DoctorFinding => ({
        code: 'KEY_MODE',
        severity: 'warning',
        what,
        why: 'Who reads the identity key can sign streams that nobody has seen; who reads the others can tell whom a hash stands for.',
        action: 'chmod 600, and directories above that others cannot write.',
      }),
    );
    return {
      facts: [{ name: 'keys', value: `of deployment ${config.deployment}, identity ${keys.fingerprint}` }],
      findings,
    };
  } catch (error) {
    if (!(error instanceof KeyError)) throw error;
    const inDefaultPlace = config.origins.get('keys.identityFile')?.kind === 'default';
    if (error.code === 'KEY_MISSING' && inDefaultPlace && !config.required && !existsSync(config.keys.identityFile))
      return { facts: [{ name: 'keys', value: 'none yet: the first start of the service makes them' }], findings: [] };
    const finding = {
      code: error.code,
      severity: 'problem',
      what: error.message,
      why: 'Without its keys a service seals nothing; without those of its replicas the records of one step-up fall apart.',
      action: 'docs/errors.md says what each code needs; `stepseal keys new` makes keys where there are none.',
    } as const;
    return { facts: [{ name: 'keys', value: `cannot be used (${error.code})` }], findings: [finding] };
  }
}
