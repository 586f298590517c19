// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Diagnosis, DoctorFinding, Patient } from './diagnosis.ts';
import type { InstalledPackage } from './installed-packages.ts';

export const TELEMETRY_PACKAGES: readonly string[] = [
  '@opentelemetry/api',
  '@opentelemetry/api-logs',
  '@opentelemetry/sdk-logs',
];

/** The client that this command brings for Elasticsearch has a copy of its own, for spans of its own: no logger uses it. */
const OF_CLIENT = /[/\\]@elastic[/\\+]transport(?:@[^/\\]*)?[/\\]node_modules[/\\]@opentelemetry[/\\]/;

/**
 * Two lines of OpenTelemetry in one process: from 3.0 on (API 1.10) loggers are found under another global name than before,
 * so that what one line's API is given never reaches the other line's SDK, without an error.
 */
export function checkTelemetry({ packages }: Patient): Diagnosis {
  const copies = packages.filter(
    ({ name, directory }) => TELEMETRY_PACKAGES.includes(name) && !OF_CLIENT.test(directory),
  );
  const facts = copies.map(({ name, version }) => ({ name: 'telemetry', value: `${name} ${version}` }));
  const findings: DoctorFinding[] = [];
  const older = copies.find((copy) => lineOf(copy) === 2);
  const newer = copies.find((copy) => lineOf(copy) === 3);
  if (older !== undefined && newer !== undefined)
    findings.push({
      code: 'TWO_TELEMETRY_LINES',
      severity: 'problem',
      what: `Two lines of OpenTelemetry are installed: ${placed(older)}, and ${placed(newer)}.`,
      why: 'Log records do not cross from one to the other, and trace ids may be missing; nothing says so at run time.',
      action:
        'Bring all @opentelemetry packages to one line (3.x with API 1.10, or 2.x with API below 1.10); npm ls @opentelemetry/api shows who asks for which.',
    });
  const apis = copies.filter(({ name }) => name === '@opentelemetry/api');
  const versions = [...new Set(apis.map(({ version }) => version))];
  if (findings.length === 0 && versions.length > 1)
    findings.push({
      code: 'TWO_API_VERSIONS',
      severity: 'warning',
      what: `${apis.length} copies of @opentelemetry/api are installed: ${apis.map(placed).join(', and ')}.`,
      why: 'The copy that is asked by a newer minor version than the one that was set up first answers with nothing.',
      action: 'Deduplicate: npm dedupe, or one version for all in overrides.',
    });
  return { facts: dedupe(facts), findings };
}

/** The line that a package belongs to: API 1.10 and SDK 3 are of one line, everything before of the other. */
function lineOf({ name, version }: InstalledPackage): 2 | 3 {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (name === '@opentelemetry/api') return major > 1 || minor >= 10 ? 3 : 2;
  return name === '@opentelemetry/sdk-logs' && major >= 3 ? 3 : 2;
}

function placed({ name, version, directory }: InstalledPackage): string {
  return `${name} ${version} in ${directory}`;
}

function dedupe<T>(facts: readonly T[]): T[] {
  return [...new Map(facts.map((fact) => [JSON.stringify(fact), fact])).values()];
}
