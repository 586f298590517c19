// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { canonicalJson, type JsonValue } from '@stepseal/core/format';

/** Resource attributes that an open record states; all others stay out of the evidence. */
const RESOURCE_ALLOW_LIST: readonly string[] = [
  'service.name',
  'service.namespace',
  'service.version',
  'service.instance.id',
  'deployment.environment.name',
  'telemetry.sdk.language',
  'telemetry.sdk.name',
  'telemetry.sdk.version',
  'host.name',
  'host.id',
  'container.id',
  'cloud.provider',
  'cloud.region',
  'k8s.cluster.name',
  'k8s.namespace.name',
  'k8s.pod.name',
  'k8s.pod.uid',
  'k8s.deployment.name',
];

/** Longest single value, in UTF-16 code units; all of them together stay within the registry's limit. */
const VALUE_LENGTH = 128;

/** JCS of the allow-listed attributes, wrapped by type as in a payload. */
export function resourceText(attributes: Readonly<Record<string, unknown>>): string {
  const wrapped: Record<string, JsonValue> = {};
  for (const key of RESOURCE_ALLOW_LIST) {
    const value = attributes[key];
    if (typeof value === 'string' && value !== '') wrapped[key] = { stringValue: shorten(value) };
    else if (typeof value === 'boolean') wrapped[key] = { boolValue: value };
    else if (typeof value === 'number' && Number.isSafeInteger(value)) wrapped[key] = { intValue: String(value) };
  }
  return canonicalJson(wrapped);
}

function shorten(value: string): string {
  return Buffer.from(value.slice(0, VALUE_LENGTH)).toString();
}
