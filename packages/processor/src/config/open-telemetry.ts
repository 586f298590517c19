// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Origin } from './config.ts';

/** What the standard OpenTelemetry variables say about this process. */
export interface OpenTelemetryEnvironment {
  readonly disabled: boolean;
  readonly resource: Readonly<Record<string, string>>;
  readonly origins: ReadonlyMap<string, Origin>;
  readonly warnings: readonly string[];
}

/**
 * Reads OTEL_SDK_DISABLED, OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES by the rules of the OpenTelemetry
 * specification (Environment Variable Specification; Resource SDK): only `true` disables, an empty variable is unset,
 * the service name wins over the attribute, and a list that cannot be decoded is discarded as a whole.
 */
export function readOpenTelemetry(env: NodeJS.ProcessEnv): OpenTelemetryEnvironment {
  const origins = new Map<string, Origin>();
  const warnings: string[] = [];
  const resource: Record<string, string> = {};
  const take = (key: string, value: string, name: string): void => {
    resource[key] = value;
    origins.set(`resource.${key}`, { kind: 'variable', name });
  };

  const list = env['OTEL_RESOURCE_ATTRIBUTES'] ?? '';
  const attributes = parseResourceAttributes(list);
  if (attributes === undefined) {
    warnings.push('OTEL_RESOURCE_ATTRIBUTES is left out: write name=value pairs with commas between, percent-encoded.');
  }
  for (const [key, value] of attributes ?? []) take(key, value, 'OTEL_RESOURCE_ATTRIBUTES');
  const serviceName = (env['OTEL_SERVICE_NAME'] ?? '').trim();
  if (serviceName !== '') take('service.name', serviceName, 'OTEL_SERVICE_NAME');

  const switchText = (env['OTEL_SDK_DISABLED'] ?? '').trim().toLowerCase();
  if (switchText !== '') {
    origins.set('disabled', { kind: 'variable', name: 'OTEL_SDK_DISABLED' });
    if (switchText !== 'true' && switchText !== 'false') {
      warnings.push('OTEL_SDK_DISABLED counts as false: only the word true disables.');
    }
  } else origins.set('disabled', { kind: 'default', name: 'default' });
  return { disabled: switchText === 'true', resource, origins, warnings };
}

/** Pairs of the W3C Baggage form without properties; undefined when any of it cannot be decoded. */
function parseResourceAttributes(list: string): [key: string, value: string][] | undefined {
  const pairs: [string, string][] = [];
  for (const member of list.split(',')) {
    if (member.trim() === '') continue;
    const equals = member.indexOf('=');
    if (equals < 0) return undefined;
    try {
      const key = decodeURIComponent(member.slice(0, equals).trim());
      if (key === '' || key === '__proto__') return undefined;
      pairs.push([key, decodeURIComponent(member.slice(equals + 1).trim())]);
    } catch {
      return undefined;
    }
  }
  return pairs;
}
