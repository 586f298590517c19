// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { createServer } from 'node:net';

/** Below the range from which systems take ports for outgoing connections. */
const [FIRST, COUNT] = [20_000, 12_000];

const given = new Set();

/**
 * A port of the loopback interface that nobody listens on now, and that is likely still free when a server on it was
 * ended and is started again.
 */
export async function freePort() {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * COUNT);
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return port;
  }
}

/** @returns {Promise<boolean>} */
function isFree(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
