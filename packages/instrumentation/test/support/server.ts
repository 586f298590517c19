// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { createServer, request as httpRequest, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export const STEP_UP = 'Bearer error="insufficient_user_authentication", acr_values="gold", max_age="60"';

export interface TestServer {
  readonly server: Server;
  readonly port: number;
  close(): Promise<void>;
}

export async function listen(handler: RequestListener): Promise<TestServer> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    server,
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export interface Answer {
  status: number;
  body: string;
}

/** One request over node:http, so that header names and connections are under the test's control. */
export function send(
  port: number,
  path: string,
  options: { headers?: Record<string, string>; body?: string; method?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { headers = {}, body = '', method = 'POST' } = options;
    const request = httpRequest({
      port,
      host: '127.0.0.1',
      path,
      method,
      headers: { ...headers, 'content-length': body.length },
    });
    request.on('error', reject);
    request.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
    });
    request.end(body);
  });
}

/** An unsigned token: capture reads what the service has accepted, whoever signed it. */
export function bearer(claims: Record<string, unknown>): { authorization: string } {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return { authorization: `Bearer ${part({ alg: 'none' })}.${part(claims)}.` };
}

/** A record is made when Node reports the response finished, which may be just after the client has it. */
export async function until(holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 5000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error('what the test waits for did not happen within 5 s');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
