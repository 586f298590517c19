// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { TypedValue } from '@stepseal/core/format';
import { ATTR_STEP_UP_ID } from '@stepseal/core/semconv';
import type { Story } from '../story/collect-stories.ts';
import type { Standing } from '../story/standing.ts';
import { stepUpFacts } from '../story/step-up-facts.ts';
import { type ToldRecord, text } from '../story/told-record.ts';
import { isoTime } from './time.ts';

/** A step-up as documented JSON (docs/commands/search.md): every member is there, null where no record says it. */
export function stepUpJson(story: Story, standing: Standing | undefined): unknown {
  const facts = stepUpFacts(story);
  return {
    id: facts.id,
    time: isoTime(facts.timeMs),
    user: { id: facts.userId ?? null, hash: facts.userHash ?? null },
    trigger: {
      reason: facts.reason ?? null,
      detail: facts.detail ?? null,
      rule: facts.rule ?? null,
      exemption: facts.exemption ?? null,
    },
    action: facts.action ?? null,
    method: facts.method ?? null,
    status: facts.status,
    error: facts.error ?? null,
    attempts: facts.attempts,
    tookMs: facts.tookMs ?? null,
    access: { result: facts.access ?? null, requirementMet: facts.requirementMet ?? null, unmet: facts.unmet },
    systemAction: facts.systemAction ?? null,
    session: {
      id: facts.session ?? null,
      previousId: facts.previousSession ?? null,
      startedAt: facts.sessionStartedAt ?? null,
    },
    device: {
      hash: facts.deviceHash ?? null,
      known: facts.deviceKnown ?? null,
      userAgent: facts.userAgent ?? null,
    },
    location: {
      address: facts.clientAddress ?? null,
      prefix: facts.clientPrefix ?? null,
      hash: facts.clientHash ?? null,
      country: facts.country ?? null,
      locality: facts.locality ?? null,
    },
    inferred: facts.inferred,
    records: story.records.map((record) => ({
      event: record.eventName,
      time: isoTime(record.timeMs),
      stream: record.stream,
      number: record.number,
      ...proofJson(record, standing),
    })),
  };
}

/** A record as documented JSON (docs/commands/search.md). */
export function recordJson(record: ToldRecord, standing: Standing | undefined): Record<string, unknown> {
  return {
    event: record.eventName,
    time: isoTime(record.timeMs),
    stream: record.stream,
    number: record.number,
    stepUp: text(record, ATTR_STEP_UP_ID) ?? null,
    ...proofJson(record, standing),
    body: record.body ?? null,
    attributes: attributesJson(record.attributes),
  };
}

function proofJson(record: ToldRecord, standing: Standing | undefined): Record<string, unknown> {
  if (standing === undefined) return {};
  return { proved: standing.isProved(record), alarm: standing.alarm(record) ?? null };
}

/** Attributes by name; integers beyond the safe range stay text, as they are in the record. */
export function attributesJson(attributes: ReadonlyMap<string, TypedValue>): Record<string, unknown> {
  return Object.fromEntries([...attributes].map(([name, value]) => [name, plain(value)]));
}

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
      return attributesJson(value.value);
    default:
      return value.value;
  }
}
