// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { Client } from '@elastic/elasticsearch';

/** The data stream that is filled. */
export const STREAM = 'logs-stepseal.audit.otel-default';

const { url, user, password } = JSON.parse(process.env.STEPSEAL_BENCH_SERVER ?? '{}');

/** How a process of the benchmark reaches the server that `bench/real/run.mjs` has started. */
export const server = { url, user, password };

/** A client as its users make one. */
export function bareClient() {
  return new Client({ node: url, auth: { username: user, password } });
}

/** One request. @returns the parsed answer @throws where it is refused */
export async function call(method, path, body) {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
      'content-type': typeof body === 'string' ? 'application/x-ndjson' : 'application/json',
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path.split('?')[0]} answered ${response.status}`);
  return response.json();
}
