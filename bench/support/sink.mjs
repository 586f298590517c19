// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Starts a server for OTLP over HTTP, in a process of its own, that takes everything and keeps only the count. */
export async function startSink() {
  const child = fork(fileURLToPath(new URL('sink-server.mjs', import.meta.url)), { execArgv: [] });
  const [{ port }] = await once(child, 'message');
  return {
    url: `http://127.0.0.1:${port}/v1/logs`,
    /** Log records received so far. */
    async count() {
      child.send('count');
      const [{ records }] = await once(child, 'message');
      return records;
    },
    stop: () => child.disconnect(),
  };
}
