// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { IncomingHttpHeaders } from 'node:http';
import { gunzipSync } from 'node:zlib';

/** A bulk request without some of its documents, and what is to be answered for all of them. */
export interface Shortened {
  /** Empty when no document is left. */
  readonly body: Buffer;
  /** @param answered what the server said to the rest; undefined when there was none */
  answer(answered: Buffer | undefined): Buffer;
}

/**
 * Takes documents out of a bulk request, as if the server had refused each of them.
 *
 * @param refused `which` is asked with the place of each document, from 0
 */
export function withoutDocuments(
  body: Buffer,
  headers: IncomingHttpHeaders,
  refused: { readonly status: number; readonly which: (position: number) => boolean },
): Shortened {
  const text = (headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString('utf8');
  const lines = text.split('\n').filter((line) => line !== '');
  // An action and a document each: the exporter only creates.
  const places = Array.from({ length: lines.length / 2 }, (_, position) => position);
  const left = places.filter((position) => !refused.which(position));
  const kept = new Set(left);
  return {
    body: Buffer.from(left.map((position) => `${lines[2 * position]}\n${lines[2 * position + 1]}\n`).join('')),
    answer: (answered) => {
      const items = answered === undefined ? [] : (JSON.parse(answered.toString('utf8')) as { items: object[] }).items;
      let next = 0;
      const all = places.map((position) =>
        kept.has(position)
          ? items[next++]
          : {
              create: { _index: 'refused', status: refused.status, error: { type: 'refused_by_the_test', reason: '' } },
            },
      );
      return Buffer.from(JSON.stringify({ errors: true, items: all }));
    },
  };
}
