// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Story } from '../story/collect-stories.ts';
import { sentence } from '../story/sentence.ts';
import type { Standing } from '../story/standing.ts';
import type { ToldRecord } from '../story/told-record.ts';
import { attributesJson } from './step-up-json.ts';

/** A story as documented JSON (docs/commands/explain.md): each record with its sentence, its place and its sealed attributes. */
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
    attributes: attributesJson(record.attributes),
  };
}
