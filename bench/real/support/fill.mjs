// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { documentsOf } from './documents.mjs';
import { call } from './server.mjs';

const BULK_BYTES = 6 << 20;
/** Requests under way at once. */
const WRITERS = 2;

/**
 * Puts the records of segments into a data stream, without a Collector: a million would take it too long.
 *
 * @param settings.edit changes the text of each document before it is written
 * @returns how many there are
 */
export async function fill(dataStream, segments, edit = (document) => document) {
  const under = new Set();
  let count = 0;
  let bulk = [];
  let bytes = 0;
  const send = async () => {
    const body = bulk.join('');
    bulk = [];
    bytes = 0;
    if (under.size >= WRITERS) await Promise.race(under);
    const sent = call('POST', `/${dataStream}/_bulk?filter_path=errors`, body).then(({ errors }) => {
      if (errors) throw new Error('a document was refused');
      under.delete(sent);
    });
    under.add(sent);
  };
  for (const segment of segments) {
    for await (const { id, document } of documentsOf(segment, dataStream)) {
      const lines = `{"create":{"_id":"${id}"}}\n${edit(document)}\n`;
      bulk.push(lines);
      bytes += lines.length;
      count++;
      if (bytes > BULK_BYTES) await send();
    }
  }
  if (bulk.length > 0) await send();
  await Promise.all(under);
  return count;
}

/** As the lifecycle does the day after an index is full; without it figures depend on when they are taken. */
export async function settle(dataStream) {
  await call('POST', `/${dataStream}/_refresh`);
  await call('POST', `/${dataStream}/_forcemerge?max_num_segments=1`);
  await call('POST', `/${dataStream}/_flush`);
  await call('POST', `/${dataStream}/_refresh`);
}
