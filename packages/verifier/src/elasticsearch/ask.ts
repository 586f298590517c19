// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Client } from '@elastic/elasticsearch';
import { VerifierError } from '../errors.ts';
import { member } from '../sources/json-member.ts';
import { parseLossless } from './lossless-json.ts';

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** Questions of a verification are no part of anybody's traces. The text is parsed here, without losing a digit. */
const OPTIONS = {
  meta: true,
  asStream: true,
  openTelemetry: { enabled: false },
  headers: { accept: 'application/json', 'content-type': 'application/json' },
} as const;

/**
 * Asks Elasticsearch one thing. That it is not there (404) is an answer.
 *
 * @throws VerifierError `SOURCE_UNREADABLE`; its message holds nothing of the answer but the kind of error
 */
export async function ask(
  client: Client,
  method: 'GET' | 'POST' | 'DELETE',
  pathAndQuery: string,
  body?: string,
): Promise<Answer> {
  const { statusCode, text } = await send(client, method, pathAndQuery, body);
  if (statusCode === 404) return { status: 404, body: undefined };
  const parsed = parsedBody(text);
  if (statusCode < 300) return { status: statusCode, body: parsed };
  const type = member(member(parsed, 'error'), 'type');
  const reason = typeof type === 'string' ? type.replaceAll(/[^\w. -]/g, '') : 'no reason given';
  throw new VerifierError('SOURCE_UNREADABLE', `Elasticsearch refused to be read: ${reason} (${statusCode}).`);
}

/** As {@link ask}, where any refusal is an answer. */
export async function askIfAllowed(
  client: Client,
  method: 'GET' | 'POST',
  pathAndQuery: string,
  body?: string,
): Promise<Answer> {
  const { statusCode, text } = await send(client, method, pathAndQuery, body);
  return { status: statusCode, body: statusCode < 300 ? parsedBody(text) : undefined };
}

async function send(
  client: Client,
  method: string,
  pathAndQuery: string,
  body: string | undefined,
): Promise<{ statusCode: number; text: string }> {
  const [path = '', querystring] = pathAndQuery.split('?');
  const request = { method, path, ...(querystring && { querystring }), ...(body !== undefined && { body }) };
  try {
    const { statusCode, body: stream } = await client.transport.request(request, OPTIONS);
    return { statusCode: statusCode ?? 0, text: await textOf(stream as AsyncIterable<Buffer>) };
  } catch (cause) {
    // The client's error holds the request and its credentials: it goes no further.
    const meta = (cause as { meta?: { statusCode?: number; body?: unknown } }).meta;
    if (typeof meta?.statusCode === 'number' && meta.statusCode > 0) {
      return { statusCode: meta.statusCode, text: await refusalOf(meta.body) };
    }
    const name = cause instanceof Error ? cause.name : 'unknown error';
    throw new VerifierError('SOURCE_UNREADABLE', `Elasticsearch cannot be reached (${name}).`);
  }
}

async function textOf(stream: AsyncIterable<Buffer | string>): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(typeof part === 'string' ? Buffer.from(part) : part);
  return Buffer.concat(parts).toString();
}

async function refusalOf(body: unknown): Promise<string> {
  if (typeof body === 'string') return body;
  if (typeof body !== 'object' || body === null) return '';
  if (Symbol.asyncIterator in body) return textOf(body as AsyncIterable<Buffer>).catch(() => '');
  return JSON.stringify(body);
}

function parsedBody(text: string): unknown {
  try {
    return text === '' ? undefined : parseLossless(text);
  } catch (cause) {
    throw new VerifierError('SOURCE_UNREADABLE', 'Elasticsearch gave an answer that is no JSON.', { cause });
  }
}
