// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { ATTRIBUTES, type AttributeDefinition, EVENTS } from '@stepseal/core/semconv';
import type { DraftRecord } from './events.ts';
import { describeRaw } from './raw-text.ts';

/** Value of an attribute that may leave the process. */
export type SafeValue = string | number | boolean | readonly string[];

export interface SafeRecord {
  readonly eventName: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, SafeValue>>;
}

export interface Redaction {
  /** Drops `raw` and every attribute that the registry does not allow on the event. */
  project(draft: DraftRecord): readonly SafeRecord[];
  /** Attributes dropped so far. */
  readonly dropped: number;
}

type AllowList = ReadonlyMap<string, AttributeDefinition>;

/** The last gate before a record leaves capture: what is not on the event's list in the registry does not pass. */
export class AllowListRedaction implements Redaction {
  readonly #lists: ReadonlyMap<string, AllowList> = allowLists();
  dropped = 0;

  project(draft: DraftRecord): readonly SafeRecord[] {
    return [{ eventName: draft.eventName, body: draft.body, attributes: this.#allowed(draft) }];
  }

  #allowed(draft: DraftRecord): Record<string, SafeValue> {
    const list = this.#lists.get(draft.eventName);
    const attributes: Record<string, SafeValue> = {};
    for (const [name, value] of Object.entries(draft.attributes)) {
      if (value === undefined) continue;
      const definition = list?.get(name);
      if (definition !== undefined && isOfType(value, definition.type)) attributes[name] = value;
      else this.dropped += 1;
    }
    return attributes;
  }
}

const CHUNK = 900;

/**
 * No redaction: what the hook saw goes into the bodies, cut into overlapping pieces that fit. Only for the test that
 * proves that each secret would be seen; no configuration reaches it.
 */
export class NoRedaction implements Redaction {
  readonly dropped = 0;
  readonly #inner = new AllowListRedaction();

  project(draft: DraftRecord): readonly SafeRecord[] {
    const text = describeRaw(draft.raw);
    const records: SafeRecord[] = [...this.#inner.project(draft)];
    for (let at = 0; at < text.length; at += CHUNK / 2) {
      for (const record of this.#inner.project({ ...draft, body: text.slice(at, at + CHUNK) })) records.push(record);
    }
    return records;
  }
}

function allowLists(): ReadonlyMap<string, AllowList> {
  const definitions = new Map<string, AttributeDefinition>(Object.entries(ATTRIBUTES));
  const lists = new Map<string, AllowList>();
  for (const [eventName, event] of Object.entries(EVENTS)) {
    const list = new Map<string, AttributeDefinition>();
    for (const name of Object.keys(event.attributes)) {
      const definition = definitions.get(name);
      if (definition !== undefined && definition.chain !== true) list.set(name, definition);
    }
    lists.set(eventName, list);
  }
  return lists;
}

function isOfType(value: unknown, type: AttributeDefinition['type']): value is SafeValue {
  if (type === 'string[]') return Array.isArray(value) && value.every((element) => typeof element === 'string');
  if (type === 'int') return typeof value === 'number';
  return typeof value === type;
}
