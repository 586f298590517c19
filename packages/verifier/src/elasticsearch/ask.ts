// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Client } from '@elastic/elasticsearch';
import { VerifierError } from '../errors.ts';
import { member } from '../sources/json-member.ts';
import { AnswerBuffer, AnswerTooLarge } from './answer-buffer.ts';
import { parseLossless } from './lossless-json.ts';

const NOTHING = Buffer.alloc(0);

/** Of a failed connection: the system's code, or what is wrong with the certificate. Nothing else of it is repeated. */
const REASON = /\bE[A-Z]{4,}\b|\b[A-Z]+_[A-Z_]*CERT[A-Z_]*|self[- ]signed certificate[a-z ]*|unable to verify[a-z ]*/;

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const TOO_MUCH = 429;

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
  const { status, bytes } = await askForBytes(client, method, pathAndQuery, body);
  return { status, body: status === 404 ? undefined : parsedBody(bytes) };
}

/** Where an answer is to be put, and how long it may be. */
export interface Room {
  readonly buffer: AnswerBuffer;
  readonly mostBytes: number;
}

/**
 * As {@link ask}, unparsed; empty where it is not there.
 *
 * @param room - What is in its buffer is overwritten; default one of its own, for an answer of any length.
 * @throws AnswerTooLarge where that is given and a smaller answer may be had
 */
export async function askForBytes(
  client: Client,
  method: 'GET' | 'POST' | 'DELETE',
  pathAndQuery: string,
  body?: string,
  room?: Room,
): Promise<{ readonly status: number; readonly bytes: Buffer }> {
  const { statusCode, bytes } = await send(client, method, pathAndQuery, body, room);
  if (statusCode === TOO_MUCH && room !== undefined) throw new AnswerTooLarge();
  if (statusCode === 404) return { status: 404, bytes: NOTHING };
  if (statusCode < 300) return { status: statusCode, bytes };
  const type = member(member(parsedBody(bytes), 'error'), 'type');
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
  const { statusCode, bytes } = await send(client, method, pathAndQuery, body);
  return { status: statusCode, body: statusCode < 300 ? parsedBody(bytes) : undefined };
}

async function send(
  client: Client,
  method: string,
  pathAndQuery: string,
  body: string | undefined,
  { buffer, mostBytes }: Room = { buffer: new AnswerBuffer(), mostBytes: Number.POSITIVE_INFINITY },
): Promise<{ statusCode: number; bytes: Buffer }> {
  const [path = '', querystring] = pathAndQuery.split('?');
  const request = { method, path, ...(querystring && { querystring }), ...(body !== undefined && { body }) };
  try {
    const { statusCode, body: stream } = await client.transport.request(request, OPTIONS);
    return { statusCode: statusCode ?? 0, bytes: await buffer.receive(stream as AsyncIterable<Buffer>, mostBytes) };
  } catch (cause) {
    if (cause instanceof AnswerTooLarge) throw cause;
    // The client's error holds the request and its credentials: it goes no further.
    const meta = (cause as { meta?: { statusCode?: number; body?: unknown } }).meta;
    if (typeof meta?.statusCode === 'number' && meta.statusCode > 0) {
      return { statusCode: meta.statusCode, bytes: await refusalOf(meta.body) };
    }
    const name = cause instanceof Error ? cause.name : 'unknown error';
    const why = [name, ...(REASON.exec(String(cause)) ?? [])].join(', ');
    throw new VerifierError('SOURCE_UNREADABLE', `Elasticsearch cannot be reached (${why}).`);
  }
}

async function refusalOf(body: unknown): Promise<Buffer> {
  if (typeof body === 'string') return Buffer.from(body);
  if (typeof body !== 'object' || body === null) return NOTHING;
  if (Symbol.asyncIterator in body) {
    return new AnswerBuffer().receive(body as AsyncIterable<Buffer>, Number.POSITIVE_INFINITY).catch(() => NOTHING);
  }
  return Buffer.from(JSON.stringify(body));
}

/** Reads an answer, or a part of one, without losing a digit. @throws VerifierError `SOURCE_UNREADABLE` */
export function parsedBody(bytes: Buffer, careful?: boolean): unknown {
  try {
    return bytes.length === 0 ? undefined : parseLossless(bytes.toString(), careful);
  } catch (cause) {
    throw new VerifierError('SOURCE_UNREADABLE', 'Elasticsearch gave an answer that is no JSON.', { cause });
  }
}
