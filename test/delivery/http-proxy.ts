// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import http from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

/** An HTTP proxy on 127.0.0.1: tunnels for CONNECT, and forwards whole URLs. */
export class HttpProxy {
  /** What was asked of it: `CONNECT host:port`, or method and URL. */
  readonly asked: string[] = [];
  readonly credentials: (string | undefined)[] = [];
  /** Answers every CONNECT with this status instead, if set. */
  refuseWith: number | undefined;
  readonly #server: http.Server;
  readonly #sockets = new Set<Socket>();

  constructor() {
    this.#server = http.createServer((request, response) => {
      const url = new URL(request.url ?? '');
      this.#note(`${request.method} ${url.href}`, request);
      const { 'proxy-authorization': _, ...headers } = request.headers;
      const forwarded = http.request(url, { method: request.method ?? 'GET', headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      forwarded.on('error', () => response.writeHead(502).end());
      request.pipe(forwarded);
    });
    this.#server.on('connect', (request: http.IncomingMessage, socket: Socket) => {
      this.#note(`CONNECT ${request.url}`, request);
      socket.on('error', () => {});
      if (this.refuseWith !== undefined) {
        socket.end(`HTTP/1.1 ${this.refuseWith} No\r\n\r\n`);
        return;
      }
      const port = Number(request.url?.split(':').at(-1));
      // Names of the tests all live here.
      const onward = connect(port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        socket.pipe(onward).pipe(socket);
      });
      this.#sockets.add(onward);
      onward.on('error', () => socket.destroy());
      socket.on('close', () => onward.destroy());
    });
    this.#server.on('connection', (socket) => this.#sockets.add(socket));
  }

  async start(): Promise<string> {
    await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    const closed = new Promise<void>((done) => this.#server.close(() => done()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #note(what: string, { headers }: http.IncomingMessage): void {
    this.asked.push(what);
    this.credentials.push(headers['proxy-authorization']);
  }
}
