// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { createServer } from 'node:net';

/** Below the range from which systems take ports for outgoing connections. */
const FIRST = 20_000;
/**
 * Of each worker of the tests, by the number that its runner gives it. Between the look at a port and a server's taking
 * it lie seconds: out of one range two workers would now and then give out the same.
 */
const [COUNT, SLICES] = [1_000, 12];
const first = FIRST + COUNT * (Number(process.env.VITEST_POOL_ID ?? 0) % SLICES);

const given = new Set();

/**
 * A port of the loopback interface that nobody listens on now, and that is likely still free when a server on it was
 * ended and is started again.
 */
export async function freePort() {
  for (;;) {
    const port = first + Math.floor(Math.random() * COUNT);
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
