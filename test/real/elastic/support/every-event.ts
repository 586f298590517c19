// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { ATTRIBUTES, type AttributeName, EVENTS } from '@stepseal/core/semconv';

type Value = string | number | boolean | string[];

/** Every event of the registry with every attribute it may have, each as long as it may be, or as large. */
export function everyEvent(): { eventName: string; attributes: Record<string, Value> }[] {
  return Object.entries(EVENTS).map(([eventName, { attributes }]) => ({
    eventName,
    attributes: Object.fromEntries(
      Object.keys(attributes).map((name) => [name, valueOf(name as AttributeName)] as const),
    ),
  }));
}

function valueOf(name: AttributeName): Value {
  const { type, values, maximum, maxBytes = 8 } = ATTRIBUTES[name];
  if (name === 'client.address') return '2001:db8::1';
  const text = values?.[0] ?? 'x'.repeat(maxBytes);
  return { boolean: true, int: maximum ?? Number.MAX_SAFE_INTEGER, string: text, 'string[]': [text, 'other'] }[type];
}
