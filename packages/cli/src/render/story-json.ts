// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { TypedValue } from '@stepseal/core/format';
import type { StreamReport } from '@stepseal/verifier';
import type { Story } from '../story/collect-stories.ts';
import { sentence } from '../story/sentence.ts';

/** A story as documented JSON (docs/cli.md): each record with its sentence, its place and its sealed attributes. */
export function storyJson({ id, records }: Story, streams: ReadonlyMap<string, StreamReport>): unknown {
  return {
    id,
    records: records.map(({ eventName, timeMs, stream, number, sealedBy, attributes }) => ({
      event: eventName,
      timeMs,
      stream,
      number,
      sealedBy: sealedBy ?? null,
      trusted: streams.get(stream)?.trusted === true,
      sentence: sentence({ eventName, timeMs, stream, number, attributes }),
      attributes: Object.fromEntries([...attributes].map(([name, value]) => [name, plain(value)])),
    })),
  };
}

/** Integers beyond the safe range stay text, as they are in the record. */
function plain(value: TypedValue): unknown {
  switch (value.type) {
    case 'int': {
      const number = Number(value.value);
      return Number.isSafeInteger(number) ? number : String(value.value);
    }
    case 'bytes':
      return Buffer.from(value.value).toString('base64');
    case 'array':
      return value.value.map(plain);
    case 'map':
      return Object.fromEntries([...value.value].map(([name, member]) => [name, plain(member)]));
    default:
      return value.value;
  }
}
