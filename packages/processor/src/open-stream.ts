// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { GapTally } from './gap-tally.ts';
import type { RecordIds } from './record-id.ts';
import { Sealer, type SealerEvents } from './sealer.ts';
import { Stream } from './stream.ts';
import { openEvent } from './stream-events.ts';
import type { NewStream } from './succession.ts';
import type { WriterOptions } from './writer-options.ts';

/** What all streams of a writer share. */
export interface StreamParts {
  readonly options: WriterOptions;
  readonly gaps: GapTally;
  readonly ids: RecordIds;
  readonly events: SealerEvents;
}

/** Writes the open record of the stream. @throws SealingError when it cannot be written: then nothing is in the file */
export function openStream({ id, key, identity, predecessor, segment }: NewStream, parts: StreamParts): Sealer {
  const { options, gaps, ids, events } = parts;
  const { clock, deployment, resource, redactionHash } = options;
  const sealer = new Sealer({
    stream: new Stream(id, deployment),
    segment,
    streamKey: key,
    openSigners: [identity, key],
    gaps,
    ids,
    clock,
    events,
  });
  sealer.open(
    openEvent(clock, {
      deployment,
      resource: resource(),
      streamVkey: key.vkey,
      predecessor,
      identityVkey: identity.vkey,
      ...(redactionHash === undefined ? {} : { redactionHash }),
    }),
  );
  return sealer;
}
