// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { makeEvents } from '../../packages/core/bench/events.mjs';

/**
 * Log records as an instrumentation emits them, each in a span of its own: everything that varies in a service varies.
 *
 * @param size `M`, the typical event (22 attributes of its own, 28 in the payload), or `S`, a small one (16 and 22)
 */
export function makeRecords(size, count) {
  return makeEvents(size, count, 'filled').map(({ record: { eventName, body, attributes, traceId, spanId } }) => ({
    eventName,
    body,
    attributes,
    context: trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: 1 }),
  }));
}
