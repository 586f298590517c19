// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { type JsonObject, objectAt, textAt } from '../json.ts';
import { mappings } from '../mappings.ts';

/** The field of the index template under a path, or undefined: then no document can be found by it. */
export function templateField(path: string): JsonObject | undefined {
  const find = (within: JsonObject | undefined, rest: string): JsonObject | undefined => {
    const properties = objectAt(within, 'properties');
    const whole = objectAt(properties, rest);
    if (whole !== undefined) return whole;
    // A name may hold dots itself, so that every beginning may be a field with members.
    for (const [name, member] of Object.entries(properties ?? {})) {
      const found = rest.startsWith(`${name}.`) ? find(objectAt(member), rest.slice(name.length + 1)) : undefined;
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return find(mappings(), path);
}

/** What Kibana calls the type of a field of the template. */
export function fieldType(path: string): 'string' | 'number' | 'boolean' | 'date' | 'ip' {
  switch (textAt(templateField(path), 'type')) {
    case 'long':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'date_nanos':
      return 'date';
    case 'ip':
      return 'ip';
    default:
      return 'string';
  }
}
