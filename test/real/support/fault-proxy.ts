// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { withoutDocuments } from './bulk-request.ts';

/** What happens to one request. */
export type Behaviour =
  | { readonly kind: 'pass' }
  /** Half of the request reaches the server, then both connections are closed. */
  | { readonly kind: 'cut-request' }
  /** The server has done everything; half of its answer comes back. */
  | { readonly kind: 'cut-answer' }
  /** The connection is closed, and the server learns nothing. */
  | { readonly kind: 'refuse' }
  /** This answer, and the server learns nothing. */
  | { readonly kind: 'answer'; readonly status: number }
  /** 200 to an OTLP request, and nothing is kept. */
  | { readonly kind: 'swallow' }
  /** Of a bulk request these documents are answered with this status; the server gets the others. */
  | { readonly kind: 'documents'; readonly status: number; readonly which: (position: number) => boolean };

/** What Elasticsearch says of itself: the exporter takes no answer without it for one. */
const PRODUCT = { 'x-elastic-product': 'Elasticsearch' };

/** An HTTP proxy on 127.0.0.1 before one server, which does to each request what it is told to. */
export class FaultProxy {
  /** Asked for every request. */
  behave: () => Behaviour = () => ({ kind: 'pass' });
  /** How many requests came to which end, by {@link Behaviour.kind}. */
  readonly done = new Map<Behaviour['kind'], number>();
  readonly #server: http.Server;
  readonly #sockets = new Set<Socket>();

  private constructor(target: string) {
    const { hostname, port } = new URL(target);
    this.#server = http.createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('error', () => response.destroy());
      request.on('end', () => this.#answer({ hostname, port }, request, Buffer.concat(chunks), response));
    });
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
  }

  /** @param target the server, without a path */
  static async start(target: string): Promise<FaultProxy> {
    const proxy = new FaultProxy(target);
    await new Promise<void>((done) => proxy.#server.listen(0, '127.0.0.1', done));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    const closed = new Promise<void>((done) => this.#server.close(() => done()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #answer(
    server: { hostname: string; port: string },
    request: http.IncomingMessage,
    body: Buffer,
    response: http.ServerResponse,
  ): void {
    const behaviour = this.behave();
    this.done.set(behaviour.kind, (this.done.get(behaviour.kind) ?? 0) + 1);
    if (behaviour.kind === 'refuse') {
      response.destroy();
      return;
    }
    if (behaviour.kind === 'swallow') {
      // An empty answer is a whole one in protobuf: everything was accepted.
      send(response, 200, { 'content-type': request.headers['content-type'] }, Buffer.alloc(0));
      return;
    }
    if (behaviour.kind === 'answer') {
      response.writeHead(behaviour.status, PRODUCT).end();
      return;
    }
    const rewritten = behaviour.kind === 'documents' ? withoutDocuments(body, request.headers, behaviour) : undefined;
    const onward = rewritten?.body ?? body;
    if (rewritten !== undefined && onward.length === 0) {
      send(response, 200, { ...PRODUCT, 'content-type': 'application/json' }, rewritten.answer(undefined));
      return;
    }
    const headers = { ...request.headers, 'content-length': String(onward.length) };
    // What is read here, both ways, is not compressed.
    if (rewritten !== undefined) {
      delete (headers as http.IncomingHttpHeaders)['content-encoding'];
      delete (headers as http.IncomingHttpHeaders)['accept-encoding'];
    }
    delete (headers as http.IncomingHttpHeaders)['transfer-encoding'];
    const { method = 'GET', url: path = '/' } = request;
    const forwarded = http.request({ ...server, method, path, headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', () => response.destroy());
      answer.on('end', () => {
        const whole = Buffer.concat(chunks);
        const status = answer.statusCode ?? 502;
        if (behaviour.kind === 'cut-answer') {
          response.writeHead(status, { ...answer.headers, 'content-length': String(Math.max(2, whole.length)) });
          response.write(whole.subarray(0, whole.length / 2), () => response.destroy());
        } else send(response, status, answer.headers, rewritten?.answer(whole) ?? whole);
      });
    });
    forwarded.on('error', () => response.destroy());
    if (behaviour.kind === 'cut-request') {
      forwarded.write(onward.subarray(0, onward.length / 2), () => {
        forwarded.destroy();
        response.destroy();
      });
    } else forwarded.end(onward);
  }
}

function send(response: http.ServerResponse, status: number, headers: http.IncomingHttpHeaders, body: Buffer): void {
  const { 'transfer-encoding': _, ...others } = headers;
  response.writeHead(status, { ...others, 'content-length': String(body.length) }).end(body);
}
