// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { IncomingMessage } from 'node:http';

/** What a request carries, as keyed hashes, so that the same one is recognised when it comes again. */
export interface RequestShape {
  /** Of query, or of the body's length and type; absent where the client did not say how long the body is. */
  readonly outside?: string | undefined;
  /** Of the body as the framework left it on the request; absent where none did, or had not yet. */
  readonly body?: string | undefined;
}

/** Longer bodies are told apart by their length. */
const MAX_BODY_LENGTH = 65_536;

/** @param hash keyed: what goes in may be anything that a client sends */
export function shapeOf(request: IncomingMessage, hash: (material: string) => string): RequestShape {
  const { 'content-length': length = '0', 'content-type': type = '' } = request.headers;
  const inChunks = request.headers['transfer-encoding'] !== undefined;
  if (length === '0' && !inChunks) return { outside: hash(`query\0${queryOf(request)}`) };
  const body = bodyText(request, Number(length));
  return {
    outside: inChunks ? undefined : hash(`length\0${length}\0${type}`),
    body: body === undefined ? undefined : hash(`body\0${length}\0${body}`),
  };
}

/** Whether two requests to one place are the same one, as far as can be seen. */
export function isSameShape(one: RequestShape, other: RequestShape): boolean {
  if (one.body !== undefined && other.body !== undefined) return one.body === other.body;
  return one.outside !== undefined && one.outside === other.outside;
}

function queryOf(request: IncomingMessage): string {
  const url = request.url ?? '';
  const query = url.indexOf('?');
  return query === -1 ? '' : url.slice(query);
}

/** Nothing where there is none, or one that cannot be spelled: getters of the framework may run on what a client sent. */
function bodyText(request: IncomingMessage, length: number): string | undefined {
  if (length > MAX_BODY_LENGTH) return undefined;
  try {
    const { body } = request as { body?: unknown };
    if (body === undefined || body === null) return undefined;
    const text = Buffer.isBuffer(body) ? body.toString('latin1') : JSON.stringify(body);
    return typeof text === 'string' && text.length <= MAX_BODY_LENGTH ? text : undefined;
  } catch {
    return undefined;
  }
}
