// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { type Agent, ClientRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { urlToHttpOptions } from 'node:url';
import { withoutTracing } from '../global-api.ts';

export interface PostOptions {
  readonly url: URL;
  readonly agent: Agent;
  /** Sent instead of the path, as proxies want it. */
  readonly path?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** Milliseconds for all of it, from the name's resolution to the last byte of the answer. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** There was more than {@link MOST_BYTES}; the rest was not read. */
  readonly oversize: boolean;
}

/** An honest answer is a number and a sentence. */
const MOST_BYTES = 65_536;

/**
 * One POST and its whole answer. Redirects are answers. Rejects when there is no whole answer; the error's `code` is the
 * system's, OpenSSL's or ours (`TIMEOUT`, `PROXY_REFUSED`). Never keeps the process alive.
 */
export async function post(options: PostOptions): Promise<HttpAnswer> {
  const attempt = (): Promise<HttpAnswer> => withoutTracing(() => postOnce(options));
  try {
    return await attempt();
  } catch (error) {
    // A connection that was kept may have been closed by the other side just now: that says nothing.
    if (Reflect.get(error as object, 'reusedSocket') !== true || options.signal.aborted) throw error;
    return attempt();
  }
}

function postOnce({ url, agent, path, headers, body, timeoutMs, signal }: PostOptions): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    // Not through `request`, which the application's instrumentations replace: they would count it in its metrics.
    const sent = new ClientRequest({
      ...urlToHttpOptions(url),
      method: 'POST',
      agent,
      signal,
      ...(path === undefined ? {} : { path }),
      headers: { ...headers, 'content-length': body.length },
    });
    const timer = setTimeout(() => {
      const late = failure('TIMEOUT', 'no whole answer in time');
      sent.destroy(late);
      // Whatever becomes of the request: somebody waits.
      reject(late);
    }, timeoutMs).unref();
    let answering = false;
    const fail = (error: Error): void => {
      clearTimeout(timer);
      reject(Object.assign(error, { reusedSocket: sent.reusedSocket && !answering && isReset(error) }));
    };
    sent.on('socket', (socket) => socket.unref());
    // After an answer has begun its own end counts: a server may answer and close before it has read everything.
    sent.on('error', (error) => {
      if (!answering) fail(error);
    });
    sent.on('response', (answer) => {
      answering = true;
      read(answer).then((whole) => {
        clearTimeout(timer);
        resolve(whole);
      }, fail);
    });
    sent.end(body);
  });
}

function read(answer: IncomingMessage): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const whole = (oversize: boolean): void => {
      const body = Buffer.concat(chunks);
      resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body, oversize });
    };
    answer.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      length += chunk.length;
      if (length <= MOST_BYTES) return;
      whole(true);
      answer.destroy();
    });
    answer.on('end', () => {
      if (answer.complete) whole(false);
      else reject(failure('ECONNRESET', 'the answer ended half-way'));
    });
    answer.on('error', reject);
    answer.on('close', () => reject(failure('ECONNRESET', 'the answer ended half-way')));
  });
}

export function failure(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}

function isReset(error: Error): boolean {
  return 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
}
