// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { RESERVED } from '../projection.ts';
import { leafNames } from './compare-attributes.ts';
import type { DifferenceLog } from './difference-log.ts';
import type { ExportedFacts } from './exported-facts.ts';
import { isObject, isStored } from './stored-value.ts';

/** On the Resource of records that carry a signature. */
const ALGORITHM = 'audit.integrity.algorithm';

/** Compares the Resource of a document with the one that the stream's open record states. Collectors may add to it. */
export function compareResource(stream: ExportedFacts | undefined, resource: unknown, log: DifferenceLog): void {
  if (resource !== undefined && !isObject(resource)) log.hidden('resource', resource);
  const members = isObject(resource) ? resource : {};
  for (const key of Object.keys(members)) {
    if (key === 'attributes') continue;
    if (key.startsWith('attributes.')) log.hidden('resource.attributes', members[key]);
    else log.added('resource', key);
  }
  const stored = isObject(members['attributes']) ? members['attributes'] : {};
  if (members['attributes'] !== undefined && stored !== members['attributes']) log.hidden('resource.attributes', null);
  for (const key of Object.keys(stored)) {
    if (stream?.resource.has(key) !== true) compareAdded(key, stored[key], stream, log);
  }
  if (stream === undefined) return;
  for (const [key, value] of stream.resource) {
    const unchanged = Object.hasOwn(stored, key) && isStored(value, stored[key]);
    if (!unchanged && stream.overrides?.includes(key) !== true) log.resource(key, value, stored[key]);
  }
}

function compareAdded(key: string, value: unknown, stream: ExportedFacts | undefined, log: DifferenceLog): void {
  if (key === ALGORITHM) {
    if (value !== 'EdDSA') log.field(`resource.attributes.${ALGORITHM}`, 'EdDSA', value);
    return;
  }
  const names = leafNames(key, value);
  // An object is so many dotted names, and would be found beside the sealed value.
  const shadowed = names.find((name) => stream?.resource.has(name) === true);
  if (shadowed !== undefined) log.resource(shadowed, stream?.resource.get(shadowed), value);
  else if (names.some((name) => RESERVED.test(name))) log.hidden('resource.attributes', value);
  else if (stream !== undefined) log.added('resource.attributes', key);
}
