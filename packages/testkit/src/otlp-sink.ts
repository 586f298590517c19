// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import https, { type ServerOptions } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { decodeLogs, type ReceivedRecord } from './otlp-request.ts';

/** What the sink does with one request. Records count as arrived only where the sender can know it. */
export type SinkAnswer =
  | { readonly kind: 'accept'; readonly delayMs?: number }
  /** Any answer, and nothing arrives. */
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string | Buffer;
    }
  /** 200 with a partial success: these records do not arrive, the others do. */
  | { readonly kind: 'reject'; readonly which: (record: ReceivedRecord) => boolean }
  /** The connection is closed before the request was read. */
  | { readonly kind: 'cut-request' }
  /** The connection is closed in the middle of an answer with status 200. */
  | { readonly kind: 'cut-answer' };

/** A request as it came. */
export interface SinkRequest {
  /** Counted from 1. */
  readonly number: number;
  readonly method: string;
  readonly path: string;
  readonly headers: http.IncomingHttpHeaders;
  /** Empty where the connection is to be cut before. */
  readonly records: readonly ReceivedRecord[];
}

/** Records of one id. */
export interface ArrivedRecord {
  readonly record: ReceivedRecord;
  /** All its payloads were the same. */
  readonly unchanged: boolean;
  readonly times: number;
}

/** An OTLP/HTTP receiver for logs on 127.0.0.1, with faults at will. */
export class OtlpSink {
  readonly requests: SinkRequest[] = [];
  readonly arrived: Map<string, ArrivedRecord> = new Map();
  /** Decides on each request; `early` is called before the body is read, and may decide too. */
  answer: (request: SinkRequest) => SinkAnswer;
  early: (number: number) => SinkAnswer | undefined = () => undefined;
  readonly #server: http.Server;
  readonly #sockets = new Set<Socket>();
  readonly #secure: boolean;
  #port = 0;
  #count = 0;

  /** @param tls makes it an HTTPS server */
  constructor(tls?: ServerOptions) {
    this.answer = () => ({ kind: 'accept' });
    this.#secure = tls !== undefined;
    const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
      this.#take(request, response).catch(() => request.socket.destroy());
    };
    this.#server = tls === undefined ? http.createServer(onRequest) : https.createServer(tls, onRequest);
    const keep = (socket: Socket): void => {
      this.#sockets.add(socket);
      socket.on('error', () => {});
      socket.once('close', () => this.#sockets.delete(socket));
    };
    this.#server.on('connection', keep);
    this.#server.on('secureConnection', keep);
  }

  get port(): number {
    return this.#port;
  }

  get endpoint(): string {
    return `${this.#secure ? 'https' : 'http'}://127.0.0.1:${this.#port}/v1/logs`;
  }

  /** Listens, after {@link stop} on the same port as before. */
  async start(): Promise<void> {
    await new Promise<void>((done) => this.#server.listen(this.#port, '127.0.0.1', done));
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Stops listening and drops all connections. */
  async stop(): Promise<void> {
    const closed = new Promise<void>((done) => this.#server.close(() => done()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const number = ++this.#count;
    const early = this.early(number);
    if (early?.kind === 'cut-request') {
      request.once('data', () => request.socket.destroy());
      request.resume();
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const raw = Buffer.concat(chunks);
    const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw;
    const contentType = request.headers['content-type'] ?? '';
    const records = decodeLogs(body, contentType);
    const { method = '', url = '', headers } = request;
    const seen = { number, method, path: url, headers, records };
    this.requests.push(seen);
    await this.#carryOut(early ?? this.answer(seen), seen, contentType, response);
  }

  async #carryOut(
    answer: SinkAnswer,
    { records }: SinkRequest,
    contentType: string,
    response: ServerResponse,
  ): Promise<void> {
    switch (answer.kind) {
      case 'accept':
        if (answer.delayMs !== undefined) await new Promise((done) => setTimeout(done, answer.delayMs));
        for (const record of records) this.#arrive(record);
        response.writeHead(200, { 'content-type': contentType }).end(partialSuccess(0, contentType));
        return;
      case 'reject': {
        const rejected = records.filter(answer.which);
        for (const record of records) if (!rejected.includes(record)) this.#arrive(record);
        response.writeHead(200, { 'content-type': contentType }).end(partialSuccess(rejected.length, contentType));
        return;
      }
      case 'answer':
        response.writeHead(answer.status, answer.headers).end(answer.body);
        return;
      case 'cut-request':
        response.socket?.destroy();
        return;
      case 'cut-answer':
        response.writeHead(200, { 'content-type': contentType, 'content-length': 100 });
        response.write('{');
        setTimeout(() => response.socket?.destroy(), 5);
    }
  }

  #arrive(record: ReceivedRecord): void {
    const id = String(record.attributes['audit.record.id']);
    const before = this.arrived.get(id);
    const payload = record.attributes['audit.integrity.payload'];
    const unchanged =
      before === undefined || (before.unchanged && before.record.attributes['audit.integrity.payload'] === payload);
    this.arrived.set(id, { record: before?.record ?? record, unchanged, times: (before?.times ?? 0) + 1 });
  }
}

/** `ExportLogsServiceResponse` as Collectors answer: nothing at all where all was taken. */
function partialSuccess(rejected: number, contentType: string): Buffer {
  if (contentType.includes('json')) {
    const partial = rejected === 0 ? {} : { rejectedLogRecords: String(rejected), errorMessage: 'not wanted' };
    return Buffer.from(JSON.stringify({ partialSuccess: partial }));
  }
  if (rejected === 0) return Buffer.alloc(0);
  if (rejected > 127) throw new RangeError('this sink counts to 127');
  const message = Buffer.from('not wanted');
  const partial = Buffer.concat([Buffer.from([0x08, rejected, 0x12, message.length]), message]);
  return Buffer.concat([Buffer.from([0x0a, partial.length]), partial]);
}
