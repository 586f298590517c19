// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { types } from 'node:util';
import type { RawObservation } from './ceremony/observation.ts';

/** All that a hook saw, secrets included, as text. Called only where redaction is switched off. */
export function describeRaw(raw: RawObservation): string {
  const { request, response } = raw;
  return JSON.stringify(
    {
      url: request?.url,
      requestHeaders: request?.rawHeaders,
      user: (request as { user?: unknown } | undefined)?.user,
      remoteAddress: request?.socket.remoteAddress,
      responseHeaders: (response as { _header?: unknown } | undefined)?._header ?? response?.getHeaders(),
      arguments: raw.libraryArguments,
      result: raw.libraryResult,
      error: types.isNativeError(raw.libraryError) ? raw.libraryError.message : undefined,
    },
    (_key, value: unknown) => (typeof value === 'bigint' || typeof value === 'function' ? String(value) : value),
  );
}
