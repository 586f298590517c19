// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { context, createContextKey } from '@opentelemetry/api';

// Keys of equal name are equal across copies of the API.
const SUPPRESS_TRACING = createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING');

/** Runs what must not become spans of the application: our own requests. */
export function withoutSpans<T>(work: () => T): T {
  return context.with(context.active().setValue(SUPPRESS_TRACING, true), work);
}
