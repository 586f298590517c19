// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { EVENT_STEPSEAL_SEAL, EVENT_STEPSEAL_STREAM_CLOSE, EVENT_STEPSEAL_STREAM_OPEN } from '@stepseal/core/semconv';

/** Events of the records under which a note is made (docs/spec/stream.md). */
export const SEALING_EVENTS: ReadonlySet<string> = new Set([
  EVENT_STEPSEAL_STREAM_OPEN,
  EVENT_STEPSEAL_SEAL,
  EVENT_STEPSEAL_STREAM_CLOSE,
]);
