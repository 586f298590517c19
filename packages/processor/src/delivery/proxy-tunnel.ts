// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import http from 'node:http';
import https from 'node:https';
import type { Duplex } from 'node:stream';
import tls, { type ConnectionOptions } from 'node:tls';
import { failure } from './http-post.ts';

type ConnectCallback = (error: Error | null, socket?: Duplex) => void;

/** Milliseconds a proxy has for its answer. */
const CONNECT_MS = 10_000;

/** TLS to the receiver through a proxy that only sees its name: HTTP CONNECT (RFC 9110, 9.3.6). */
export class TunnelAgent extends https.Agent {
  readonly #proxy: URL;
  readonly #tls: ConnectionOptions;

  constructor(proxy: URL, secure: ConnectionOptions) {
    super({ keepAlive: true, maxSockets: 1 });
    this.#proxy = proxy;
    this.#tls = secure;
  }

  override createConnection(
    options: { host?: string | null; port?: number | string | null },
    done?: unknown,
  ): undefined {
    const callback = done as ConnectCallback;
    const host = options.host ?? '';
    const authority = `${host.includes(':') ? `[${host}]` : host}:${options.port ?? 443}`;
    const { request } = this.#proxy.protocol === 'https:' ? https : http;
    const asked = request(this.#proxy, {
      method: 'CONNECT',
      path: authority,
      agent: false,
      headers: { host: authority, ...proxyAuthorization(this.#proxy) },
    });
    // For all of it: a proxy that sends a byte now and then must not be kept, nor keep the process.
    const timer = setTimeout(() => {
      asked.destroy(failure('TIMEOUT', 'the proxy did not answer in time'));
    }, CONNECT_MS).unref();
    asked.on('socket', (socket) => socket.unref());
    asked.on('close', () => clearTimeout(timer));
    asked.on('error', (error) => callback(error));
    asked.on('response', (answer) => {
      answer.destroy();
      callback(failure('PROXY_REFUSED', `the proxy answered ${answer.statusCode}`));
    });
    asked.on('connect', (answer, socket) => {
      if (answer.statusCode !== 200) {
        socket.destroy();
        callback(failure('PROXY_REFUSED', `the proxy answered ${answer.statusCode}`));
        return;
      }
      clearTimeout(timer);
      callback(null, tls.connect({ ...this.#tls, socket, host, ...(isName(host) ? { servername: host } : {}) }));
    });
    asked.end();
    return undefined;
  }
}

/** Credentials in a proxy's address, as the header that carries them. */
export function proxyAuthorization(proxy: URL): Record<string, string> {
  const basic = basicCredentials(proxy);
  return basic === undefined ? {} : { 'proxy-authorization': basic };
}

export function basicCredentials({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  const plain = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return `Basic ${Buffer.from(plain).toString('base64')}`;
}

/** TLS names servers by host name only. */
function isName(host: string): boolean {
  return !host.includes(':') && !/^[\d.]+$/.test(host);
}
