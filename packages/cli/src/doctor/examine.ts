// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { ResolvedConfig } from '@stepseal/processor/config';
import { readHealth } from '@stepseal/processor/data';
import { endpointOf } from '../status/endpoint.ts';
import { AUTHENTICATION_LIBRARIES } from './authentication-libraries.ts';
import { checkCapture } from './capture-check.ts';
import { checkClock, readClock } from './clock-check.ts';
import type { Diagnosis, Patient } from './diagnosis.ts';
import { checkEndpoint } from './endpoint-check.ts';
import { installedPackages } from './installed-packages.ts';
import { checkKeys } from './keys-check.ts';
import { checkRuntime } from './runtime-check.ts';
import { checkStorage } from './storage-check.ts';
import { checkTelemetry, TELEMETRY_PACKAGES } from './telemetry-check.ts';
import { checkUsers } from './users-check.ts';

export interface ExamineOptions {
  readonly config: ResolvedConfig;
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Whether a connection may be opened. */
  readonly online: boolean;
}

/** All checks, and what each has to say. Reads only, and sends nothing. */
export async function examine({ config, cwd, env, online }: ExamineOptions): Promise<Diagnosis> {
  const names = new Set([...Object.keys(AUTHENTICATION_LIBRARIES), ...TELEMETRY_PACKAGES]);
  const packages = installedPackages(cwd, names);
  const health = readHealth(config.dataDir);
  const patient: Patient = { config, cwd, env, packages, health };
  const parts = [
    checkCapture(patient),
    checkTelemetry(patient),
    checkRuntime(process.version),
    checkClock(await readClock()),
    checkKeys(patient),
    checkStorage(patient),
    await checkUsers(patient),
    ...(online ? [await checkEndpoint(endpointOf(config, health))] : []),
  ];
  const findings = parts.flatMap((part) => part.findings);
  return {
    facts: parts.flatMap((part) => part.facts),
    findings: [
      ...findings.filter(({ severity }) => severity === 'problem'),
      ...findings.filter(({ severity }) => severity === 'warning'),
    ],
  };
}
