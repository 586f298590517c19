// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { once } from 'node:events';
import { createServer, request } from 'node:http';

/** Stands before Elasticsearch, passes on all that is said, and adds up what its answers say they took. */
export class TookProxy {
  tookMs = 0;
  requests = 0;
  url = '';

  /** @returns one that listens */
  static async before(target) {
    const proxy = new TookProxy();
    const listener = createServer((incoming, answer) => proxy.#pass(incoming, answer, new URL(target)));
    listener.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    proxy.url = `http://127.0.0.1:${listener.address().port}`;
    return proxy;
  }

  reset() {
    this.tookMs = 0;
    this.requests = 0;
  }

  #pass(incoming, answer, { hostname, port }) {
    const { method, url: path, headers } = incoming;
    // Uncompressed, to be read here.
    const passed = { ...headers, 'accept-encoding': 'identity' };
    const outgoing = request({ hostname, port, method, path, headers: passed }, (received) => {
      const parts = [];
      received.on('data', (part) => parts.push(part));
      received.on('end', () => {
        const body = Buffer.concat(parts);
        this.requests++;
        // An answer of several says what all of them took.
        this.tookMs += Number(/^\{[^[]*?"took":(\d+)/.exec(body.toString('latin1', 0, 2000))?.[1] ?? 0);
        answer.writeHead(received.statusCode, received.headers).end(body);
      });
    });
    outgoing.on('error', () => answer.destroy());
    incoming.pipe(outgoing);
  }
}
