// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Client } from '@elastic/elasticsearch';
import { ATTRIBUTES } from '@stepseal/core/semconv';
import type { Entry } from '../finding-log.ts';
import { member } from '../sources/json-member.ts';
import { askIfAllowed } from './ask.ts';
import { shownName } from './shown-document.ts';
import { isObject } from './stored-value.ts';

type Kind = 'text' | 'address' | 'words' | 'number' | 'truth' | 'time';

/** Field types under which a search finds what a document says. */
const TYPES: Readonly<Record<Kind, ReadonlySet<string>>> = {
  // What does not fit is left out of an index unheard: a type that fits some values hides the others.
  text: new Set(['keyword', 'wildcard']),
  address: new Set(['keyword', 'wildcard', 'ip']),
  words: new Set(['text', 'match_only_text', 'keyword', 'wildcard']),
  number: new Set(['long', 'unsigned_long']),
  truth: new Set(['boolean']),
  time: new Set(['date', 'date_nanos']),
};

const KINDS: Readonly<Record<string, Kind>> = { string: 'text', 'string[]': 'text', int: 'number', boolean: 'truth' };

interface Sealed {
  readonly kind: Kind;
  /** Longest text in UTF-8 bytes, which are no fewer than its characters. */
  readonly maxBytes: number;
}

/** Fields that people search and that say what is sealed, by path. */
const SEALED: ReadonlyMap<string, Sealed> = new Map<string, Sealed>([
  ...['@timestamp', 'observed_timestamp'].map((path) => [path, { kind: 'time', maxBytes: 0 }] as const),
  ...['event_name', 'severity_text', 'trace_id', 'span_id', 'scope.name', 'scope.version'].map(
    (path) => [path, { kind: 'text', maxBytes: 64 }] as const,
  ),
  ['severity_number', { kind: 'number', maxBytes: 0 }],
  ['body.text', { kind: 'words', maxBytes: 0 }],
  ['attributes.audit.integrity.hash', { kind: 'text', maxBytes: 64 }],
  ['attributes.audit.integrity.seal', { kind: 'number', maxBytes: 0 }],
  ...Object.entries(ATTRIBUTES).map(([name, { type, ...rest }]): [string, Sealed] => {
    const values = 'values' in rest ? rest.values : [];
    const longest = values.reduce((most: number, value: string) => Math.max(most, value.length), 0);
    const maxBytes = 'maxBytes' in rest ? rest.maxBytes : longest;
    const kind = name === 'client.address' ? 'address' : (KINDS[type] ?? 'text');
    return [`attributes.${name}`, { kind, maxBytes }];
  }),
]);

/** An index in which a search finds something else than its documents say. */
export interface MappingDeviation {
  readonly index: string;
  /** Path of the field. */
  readonly field: string;
  readonly how: string;
  /** True where the index merely has no such field, as one of before an upgrade. */
  readonly absent: boolean;
}

/**
 * Compares the mappings of indices with what is sealed: people search the mapped field, not the document. Fields of
 * others are their own.
 *
 * @param answer - Of `GET /<names>/_mapping`. Whoever may change mappings controls all of it.
 */
export function mappingDeviations(answer: unknown): readonly MappingDeviation[] {
  return Object.entries(isObject(answer) ? answer : {}).flatMap(([index, entry]) => {
    const mappings = member(entry, 'mappings');
    const found: Omit<MappingDeviation, 'index'>[] = [];
    const fields = new Map<string, Readonly<Record<string, unknown>>>();
    const objects = new Map<string, Brought>();
    gather('', mappings, 'searched', {
      fields,
      objects,
      tell: (field, how) => found.push({ field, how, absent: false }),
    });
    for (const name of Object.keys(object(member(mappings, 'runtime')))) {
      if (isOurs(name)) found.push({ field: name, how: 'is computed at each search (a runtime field)', absent: false });
    }
    for (const [path, sealed] of SEALED) {
      const field = fields.get(path);
      if (field === undefined) {
        // Where fields are made as documents bring them, there is no document with this one.
        const brought = broughtTo(path, objects);
        if (brought !== 'searched')
          found.push({ field: path, how: 'is not searched', absent: brought === 'passed over' });
      } else {
        const how = deviation(field, sealed);
        if (how !== undefined) found.push({ field: path, how, absent: false });
      }
    }
    for (const [path, { copy_to: copyTo, type, path: target }] of fields) {
      const targets = [copyTo].flat().filter((name): name is string => typeof name === 'string' && isOurs(name));
      for (const name of targets) found.push({ field: name, how: 'also holds what another field says', absent: false });
      if (type === 'alias' && isOurs(path) && !SEALED.has(path) && typeof target === 'string')
        found.push({ field: path, how: 'is another name for another field', absent: false });
    }
    return found.map((entry) => ({ index, ...entry }));
  });
}

/** What the mappings of the indices behind a name make of what is sealed. */
export interface Searched {
  readonly entries: readonly Entry[];
  /** Fields that an index does not have, by index: that matters once a document there has one. */
  readonly absent: ReadonlyMap<string, ReadonlySet<string>>;
}

/** @throws VerifierError `SOURCE_UNREADABLE` */
export async function searchedFields(client: Client, names: string): Promise<Searched> {
  const path = `/${encodeURIComponent(names)}/_mapping?expand_wildcards=open,hidden&ignore_unavailable=true`;
  const { status, body } = await askIfAllowed(client, 'GET', path);
  const absent = new Map<string, Set<string>>();
  if (status === 404) return { entries: [], absent };
  if (status !== 200) {
    const evidence =
      'The credentials may not read the mappings: whether a search finds what documents say is not known.';
    return { entries: [{ code: 'UNREADABLE', severity: 'info', evidence }], absent };
  }
  const deviations = mappingDeviations(body);
  for (const { index, field } of deviations.filter((it) => it.absent)) {
    const fields = absent.get(index);
    if (fields === undefined) absent.set(index, new Set([field]));
    else fields.add(field);
  }
  const entries = deviations.flatMap(({ index, field, how, absent: isAbsent }): Entry[] => {
    const evidence = `In ${shownName(index)} this field ${how}.`;
    return isAbsent ? [] : [{ code: 'PROJECTION_MISMATCH', field, evidence }];
  });
  return { entries, absent };
}

/** What becomes of a field that a document brings and an object does not have: also by no index at all. */
type Brought = 'searched' | 'passed over' | 'hidden';

/** What mappings hold, by path. */
interface Gathered {
  readonly fields: Map<string, Readonly<Record<string, unknown>>>;
  readonly objects: Map<string, Brought>;
  readonly tell: (field: string, how: string) => void;
}

/** The innermost of the objects that a path leads into decides. */
function broughtTo(path: string, objects: ReadonlyMap<string, Brought>): Brought {
  for (let end = path.lastIndexOf('.'); end !== -1; end = path.lastIndexOf('.', end - 1)) {
    const brought = objects.get(path.slice(0, end));
    if (brought !== undefined) return brought;
  }
  return objects.get('') ?? 'searched';
}

/** Goes through the properties of a mapping, whose names are nested or have dots as they please. */
function gather(prefix: string, holder: unknown, outside: Brought, into: Gathered): void {
  const { fields, objects, tell } = into;
  const dynamic = member(holder, 'dynamic') ?? outside === 'searched';
  const taken: Brought = dynamic === true || dynamic === 'true' ? 'searched' : 'passed over';
  const brought = outside === 'hidden' || member(holder, 'enabled') === false ? 'hidden' : taken;
  objects.set(prefix, brought);
  for (const [name, definition] of Object.entries(object(member(holder, 'properties')))) {
    if (!isObject(definition)) continue;
    const path = prefix === '' ? name : `${prefix}.${name}`;
    const { type } = definition;
    if (typeof type === 'string' && type !== 'object' && type !== 'passthrough' && type !== 'nested') {
      // Nested names and dotted ones may both be there for one path.
      if (fields.has(path) && SEALED.has(path)) tell(path, 'is mapped twice');
      fields.set(path, brought === 'hidden' ? { ...definition, index: false } : definition);
      // Whatever else has this name is in the field, or beside it.
      if (member(holder, 'subobjects') !== false) objects.set(path, 'hidden');
      for (const other of Object.keys(object(definition['fields']))) {
        const form = `${path}.${other}`;
        if (SEALED.has(form) || (isOurs(form) && !isOurs(path))) tell(form, 'is another form of another field');
      }
    } else if (type === 'nested') {
      tell(path, 'is an object that only special searches look into');
      objects.set(path, 'hidden');
    } else gather(path, definition, brought, into);
  }
}

function object(value: unknown): Readonly<Record<string, unknown>> {
  return isObject(value) ? value : {};
}

/** Whether a path is that of a sealed field, of another attribute of ours, or of the Resource. */
function isOurs(path: string): boolean {
  return SEALED.has(path) || /^(?:attributes\.(?:step_up|audit|stepseal)|resource\.attributes)\./.test(path);
}

function deviation(field: Readonly<Record<string, unknown>>, { kind, maxBytes }: Sealed): string | undefined {
  const { type, index, doc_values: docValues, ignore_above: ignoreAbove } = field;
  if (type === 'alias') return 'is another name for another field';
  if (typeof type !== 'string' || !TYPES[kind].has(type)) return `is of the type ${shownName(String(type))}`;
  if (index === false) return 'is not searched';
  if (docValues === false) return 'cannot be sorted or counted by';
  if (field['script'] !== undefined) return 'is computed by a script';
  if (field['normalizer'] !== undefined) return 'is changed before it is searched';
  if (field['null_value'] !== undefined) return 'says something where a document says nothing';
  if (typeof ignoreAbove === 'number' && ignoreAbove < maxBytes) return 'is not searched where it is long';
  return undefined;
}
