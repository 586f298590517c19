// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { listWriters } from '@stepseal/processor/data';
import { AUTHENTICATION_LIBRARIES } from './authentication-libraries.ts';
import type { Diagnosis, DoctorFinding, Fact, Patient } from './diagnosis.ts';

const REGISTER = '@stepseal/instrumentation/register';

/** Which authentication libraries are there, and which of them are observed. */
export function checkCapture({ packages, health, cwd, env, config }: Patient): Diagnosis {
  const facts: Fact[] = [];
  const findings: DoctorFinding[] = [];
  const running = health.flatMap(({ instrumented }) => instrumented);
  for (const [name, { observed, role }] of Object.entries(AUTHENTICATION_LIBRARIES)) {
    for (const version of new Set(packages.filter((one) => one.name === name).map((one) => one.version))) {
      const told = running.find((one) => one.library === name && one.version === version);
      const supported = observed.includes(Number.parseInt(version, 10));
      const seen = told?.observed ?? supported;
      facts.push({ name: seen ? 'captured' : 'not captured', value: `${name} ${version}: ${role}` });
      if (seen) continue;
      findings.push(notCaptured(name, version, role, observed));
    }
  }
  facts.push({ name: 'captured', value: 'HTTP: demands (RFC 9470) and what access followed' });
  findings.push(...preload(cwd, env, health.length > 0 || listWriters(config.dataDir).length > 0));
  return { facts, findings };
}

function notCaptured(name: string, version: string, role: string, observed: readonly number[]): DoctorFinding {
  const versions = observed.length === 0 ? '' : ` Or use version ${observed.join(' or ')}, which is observed.`;
  return {
    code: 'LIBRARY_NOT_CAPTURED',
    severity: 'warning',
    what: `${name} ${version} (${role}) is installed, and its calls are not observed.`,
    why: 'Demands and accesses are recorded from HTTP; by which method and with what result is not.',
    action: `If it takes part in step-ups, report its results with the helper @stepseal/instrumentation/helper.${versions}`,
  };
}

/** Whether the service is started with the instrumentation, as far as files and environment tell. */
function preload(cwd: string, env: NodeJS.ProcessEnv, recorded: boolean): DoctorFinding[] {
  if (recorded || (env['NODE_OPTIONS'] ?? '').includes(REGISTER) || manifestText(cwd).includes(REGISTER)) return [];
  return [
    {
      code: 'NOT_PRELOADED',
      severity: 'warning',
      what: `Neither NODE_OPTIONS nor package.json names ${REGISTER}, and nothing was recorded here yet.`,
      why: 'Without it nothing is recorded.',
      action: `Start the service with node --import ${REGISTER} app.js, or set NODE_OPTIONS. If it is started elsewhere, this is no fault.`,
    },
  ];
}

function manifestText(cwd: string): string {
  try {
    return readFileSync(join(cwd, 'package.json'), 'utf8');
  } catch {
    return '';
  }
}
