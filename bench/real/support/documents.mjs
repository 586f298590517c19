// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { parsePayload, recordHash } from '@stepseal/core/format';
import { exporterDocument } from '@stepseal/testkit';

/**
 * The documents that the Collector's exporter makes of a segment's records, each with its id: as the real one does, which
 * the tests compare (test/real/documents).
 */
export async function* documentsOf(segment, dataStream) {
  const lines = createInterface({ input: createReadStream(segment), crlfDelay: Number.POSITIVE_INFINITY });
  let from;
  // Records stand between a sealing record and its note: a note covers those up to its size.
  let waiting = [];
  let covered = 0;
  for await (const line of lines) {
    if (!line.startsWith('{"note"')) {
      from ??= { ...openFacts(line), dataStream };
      waiting.push(line);
      continue;
    }
    const { note, size } = noteOf(line);
    for (const text of waiting.splice(0, size - covered)) {
      covered++;
      const document = exporterDocument({ text, seal: size, ...(covered === size ? { note } : {}) }, from);
      yield { id: recordHash(text), document };
    }
  }
  if (waiting.length > 0) throw new Error('the segment ends without a note');
}

function openFacts(line) {
  const { attributes } = parsePayload(Buffer.from(line));
  const text = (name) => {
    const value = attributes.get(name);
    return value?.type === 'string' ? value.value : '';
  };
  return {
    // As the value of `attributes` it is a payload.
    resource: parsePayload(Buffer.from(`{"attributes":${text('stepseal.resource')}}`)).attributes,
    softwareVersion: text('stepseal.software.version'),
  };
}

function noteOf(line) {
  const { note } = JSON.parse(line);
  return { note, size: Number(note.split('\n')[1]) };
}
