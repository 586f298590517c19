// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { type StreamBuilder, TestWriter, writeOne } from '@stepseal/testkit';

/**
 * The stream that most vectors tamper with: open and note, record 2, seal 3 and note, record 4, gap 5, seal 6 and note,
 * record 7, and, where it ends well, close 8 and its note.
 */
export function writeVectorBody(stream: StreamBuilder): StreamBuilder {
  writeOne(stream, 'a').seal();
  stream.clock.advance(1_000);
  writeOne(stream, 'b').gap({ count: 1 }).seal();
  return writeOne(stream, 'c');
}

/** Of the first software of format 1: a rolled stream's key was vouched for by the close record before it alone. */
export function newWriter(): TestWriter {
  return new TestWriter({ label: 'vectors', identityAlways: false });
}

/** Closed after record 8. */
export function closedWriter(): TestWriter {
  const writer = newWriter();
  writeVectorBody(writer.start());
  return writer.close();
}

/** Killed behind record 7, with or without torn bytes, and adopted five seconds later if `adopted` says so. */
export function crashedWriter(adopted: boolean, torn: Uint8Array = new Uint8Array()): TestWriter {
  const writer = newWriter();
  writeVectorBody(writer.start());
  writer.crash({ torn });
  writer.clock.advance(5_000);
  if (adopted) {
    writeOne(writer.start(), 'd');
    writer.close();
  }
  return writer;
}

/** A short stream, the body, and a short stream, each rolled into the next. */
export function rolledWriter(): TestWriter {
  const writer = newWriter();
  writeOne(writer.start(), 'before');
  writeVectorBody(writer.roll());
  writeOne(writer.roll(), 'after');
  return writer.close();
}

/** Another writer of the same deployment. */
export function otherWriter(): TestWriter {
  const writer = new TestWriter({ label: 'vectors, another writer', identityAlways: false });
  const stream = writer.start();
  for (const id of ['p', 'q', 'r', 's', 't', 'u']) {
    writeOne(stream, id);
  }
  return writer.close();
}
