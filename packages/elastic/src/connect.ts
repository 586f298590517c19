// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { readFileSync } from 'node:fs';
import type { Client } from '@elastic/elasticsearch';
import { ElasticError } from './errors.ts';
import { textAt } from './json.ts';

/** Where Elasticsearch is and who asks. Either `apiKey`, or `user` and `password`. */
export interface Connection {
  /** `https://elasticsearch.example:9200`, without credentials. */
  readonly url: string;
  /** In the encoded form that Elasticsearch hands out. */
  readonly apiKey?: string;
  readonly user?: string;
  readonly password?: string;
  /** PEM file of the authority that signed the server's certificate. */
  readonly caFile?: string;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** An Elasticsearch that can be asked. */
export interface Server {
  /** @throws ElasticError `ELASTIC_UNREACHABLE`, `ELASTIC_UNAUTHENTICATED`; every other status is an answer */
  request(method: 'GET' | 'PUT' | 'POST' | 'DELETE', path: string, body?: object): Promise<Answer>;
  close(): Promise<void>;
}

const NODE_FLOOR = 22;
const TIMEOUT_MS = 30_000;

/** Requests of an administrator are no part of anybody's traces. */
const OPTIONS = { meta: true, openTelemetry: { enabled: false } } as const;

/** @throws ElasticError `ELASTIC_NODE_TOO_OLD`, `ELASTIC_SETTING_INVALID`; nothing is sent yet */
export async function connect(connection: Connection): Promise<Server> {
  const client = await openClient(connection);
  return { request: (method, path, body) => request(client, method, path, body), close: () => client.close() };
}

/**
 * Makes a client; nothing is sent yet. It never asks for `GET /`, which some servers and proxies refuse.
 *
 * @throws ElasticError `ELASTIC_NODE_TOO_OLD`, `ELASTIC_SETTING_INVALID`
 */
export async function openClient(connection: Connection): Promise<Client> {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < NODE_FLOOR) {
    const have = `this is ${process.versions.node}`;
    throw new ElasticError('ELASTIC_NODE_TOO_OLD', `The Elasticsearch client needs Node ${NODE_FLOOR}; ${have}.`);
  }
  const options = { ...address(connection), ...credentials(connection) };
  // Not before it is needed: it is large, and does not load on an older Node.
  const { Client } = await import('@elastic/elasticsearch');
  return new Client({ ...options, requestTimeout: TIMEOUT_MS, maxRetries: 1 });
}

function address({ url, caFile }: Connection): { node: string; tls?: { ca: Buffer } } {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !['http:', 'https:'].includes(parsed.protocol)) {
    throw new ElasticError('ELASTIC_SETTING_INVALID', 'The address of Elasticsearch is no http or https URL.');
  }
  if (parsed.username !== '' || parsed.password !== '') {
    throw new ElasticError('ELASTIC_SETTING_INVALID', 'The address of Elasticsearch must not hold credentials.');
  }
  if (caFile === undefined) return { node: parsed.href };
  try {
    return { node: parsed.href, tls: { ca: readFileSync(caFile) } };
  } catch {
    throw new ElasticError('ELASTIC_SETTING_INVALID', 'The file of the certificate authority cannot be read.');
  }
}

function credentials({ apiKey, user, password }: Connection): { auth?: { apiKey: string } | BasicCredentials } {
  if (apiKey !== undefined) return { auth: { apiKey } };
  if (user === undefined && password === undefined) return {};
  if (user === undefined || password === undefined) {
    throw new ElasticError('ELASTIC_SETTING_INVALID', 'A user needs a password, and a password a user.');
  }
  return { auth: { username: user, password } };
}

interface BasicCredentials {
  username: string;
  password: string;
}

async function request(client: Client, method: string, path: string, body: object | undefined): Promise<Answer> {
  const answer = await client.transport
    .request({ method, path, ...(body !== undefined && { body }) }, OPTIONS)
    .catch((error: unknown) => failedAnswer(error));
  const { statusCode } = answer;
  if (statusCode === undefined) throw new ElasticError('ELASTIC_UNREACHABLE', 'Elasticsearch gave no answer.');
  if (statusCode === 401) {
    throw new ElasticError('ELASTIC_UNAUTHENTICATED', 'Elasticsearch does not accept the credentials (401).');
  }
  return { status: statusCode, body: answer.body };
}

/** Of a refusal, the answer; of anything else, why there was none. The client's error holds the request and is dropped. */
function failedAnswer(error: unknown): { statusCode?: number; body: unknown } {
  const meta = (error as { meta?: { statusCode?: number; body?: unknown } }).meta;
  // 0 stands for no answer.
  if (typeof meta?.statusCode === 'number' && meta.statusCode > 0)
    return { statusCode: meta.statusCode, body: meta.body };
  const name = error instanceof Error ? error.name : 'unknown error';
  const code = /\b(E[A-Z]{4,}|[A-Z]+_[A-Z_]*CERT[A-Z_]*|self[- ]signed certificate[a-z ]*)/.exec(String(error))?.[0];
  const why = code === undefined ? name : `${name}, ${code}`;
  throw new ElasticError('ELASTIC_UNREACHABLE', `Elasticsearch cannot be reached (${why}).`);
}

/** The server knows no such call: a distribution without the feature. */
export function isUnsupported({ status, body }: Answer): boolean {
  const text = (body as { error?: unknown } | null | undefined)?.error;
  const noHandler = typeof text === 'string' && /^(no handler found|Incorrect HTTP method)/.test(text);
  return noHandler || status === 405 || status === 410 || status === 501;
}

/** What a refusal is, in words of ours and the kind of error in the server's: its reason may repeat what was sent. */
export function refusal(what: string, { status, body }: Answer): ElasticError {
  if (status === 403) {
    const reason = textAt(body, 'error', 'reason');
    const needed = /granted by the (cluster|index) privileges \[([a-z_, ]+)\]/.exec(reason);
    const which =
      needed === null ? '' : ` It needs one of the ${needed[1]} privileges ${needed[2]?.replaceAll(',', ', ')}.`;
    return new ElasticError('ELASTIC_FORBIDDEN', `The credentials may not ${what} (403).${which}`);
  }
  const type = (textAt(body, 'error', 'type') || 'no reason given').replaceAll(/[^\w. -]/g, '');
  return new ElasticError('ELASTIC_REFUSED', `Elasticsearch refused to ${what}: ${type} (${status}).`);
}
