// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { once } from 'node:events';
import { connect } from 'node:net';

const END_OF_HEAD = Buffer.from('\r\n\r\n');

/**
 * Connections that are kept open, each asking again as soon as it was answered. Written on bare sockets, so that the
 * client costs far less than any server.
 */
export async function openConnections(port, count) {
  const request = Buffer.from(
    'GET /accounts/17?from=2026-01-01 HTTP/1.1\r\n' +
      `Host: 127.0.0.1:${port}\r\nAccept: application/json\r\nUser-Agent: bench\r\n` +
      'Cookie: theme=dark; sid=0d3b8f6e4c\r\nAuthorization: Bearer e30.eyJzdWIiOiJjdXN0b21lci00In0.c2ln\r\n\r\n',
  );
  const sockets = Array.from({ length: count }, () => connect(port, '127.0.0.1').setNoDelay(true));
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  return {
    /** Resolves when this many requests were answered. */
    ask: async (requests) => {
      let left = requests;
      const worker = (socket) =>
        new Promise((resolve, reject) => {
          const next = () => {
            if (left === 0) {
              socket.off('data', onData);
              resolve();
              return;
            }
            left -= 1;
            socket.write(request);
          };
          const onData = (chunk) => {
            if (!chunk.includes(END_OF_HEAD) || chunk[9] !== 0x32)
              reject(new Error('not the answer that was expected'));
            next();
          };
          socket.on('data', onData);
          next();
        });
      await Promise.all(sockets.map(worker));
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
}
