// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { TypedValue } from '@stepseal/core/format';
import type { Story } from '../story/collect-stories.ts';
import { sentence } from '../story/sentence.ts';
import type { Standing } from '../story/standing.ts';
import type { ToldRecord } from '../story/told-record.ts';

/** A story as documented JSON (docs/cli.md): each record with its sentence, its place and its sealed attributes. */
export function storyJson({ id, records }: Story, standing: Standing): unknown {
  return { id, records: records.map((record) => recordJson(record, standing)) };
}

function recordJson(record: ToldRecord, standing: Standing): unknown {
  return {
    event: record.eventName,
    timeMs: record.timeMs,
    stream: record.stream,
    number: record.number,
    sealedBy: record.sealedBy ?? null,
    proved: standing.isProved(record),
    alarm: standing.alarm(record) ?? null,
    sentence: sentence(record),
    attributes: Object.fromEntries([...record.attributes].map(([name, value]) => [name, plain(value)])),
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
