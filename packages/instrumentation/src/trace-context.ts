// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { IncomingMessage } from 'node:http';
import { type Context, isSpanContextValid, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { activeContext } from './global-api.ts';

/**
 * The trace a record belongs to: the active one, the one that was active at the library call, or, where the response
 * ended outside the request's context, the one that the request announced (W3C Trace Context, `traceparent`).
 */
export function recordContext(earlier: Context | undefined, request: IncomingMessage | undefined): Context {
  const active = activeContext();
  if (trace.getSpanContext(active) !== undefined) return active;
  if (earlier !== undefined && trace.getSpanContext(earlier) !== undefined) return earlier;
  const header = request?.headers['traceparent'];
  const parts =
    typeof header === 'string' ? /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})/.exec(header) : null;
  const [, traceId, spanId, flags] = parts ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return active;
  const spanContext = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
  // Ids of zeros are no ids.
  return isSpanContextValid(spanContext) ? trace.setSpanContext(ROOT_CONTEXT, spanContext) : active;
}
