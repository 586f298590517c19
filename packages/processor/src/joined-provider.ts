// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { globalLoggerProviders } from './global-api.ts';

/**
 * Counts the processors that sit beside `processor` in the globally registered provider, as far as the SDK lets one see:
 * its provider keeps them in a member without a public name. 0 when nothing can be seen.
 */
export function processorsBeside(processor: object): number {
  for (const provider of globalLoggerProviders()) {
    const processors = member(member(provider, '_sharedState'), 'processors');
    if (Array.isArray(processors) && processors.includes(processor)) return processors.length - 1;
  }
  return 0;
}

/** Longest attribute value the provider lets through, when the record shows its limits. */
export function valueLengthLimit(record: object): number {
  const limit = member(member(record, '_logRecordLimits'), 'attributeValueLengthLimit');
  return typeof limit === 'number' ? limit : Number.POSITIVE_INFINITY;
}

function member(holder: unknown, name: string): unknown {
  return typeof holder === 'object' && holder !== null ? Reflect.get(holder, name) : undefined;
}
