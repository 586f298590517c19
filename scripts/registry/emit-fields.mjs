// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

const TYPES = { string: 'keyword', 'string[]': 'keyword', int: 'long', boolean: 'boolean' };

/** Elasticsearch field types by attribute name, as JSON. Strings and string arrays are keywords. */
export function elasticsearchFields({ attributes }) {
  const fields = Object.fromEntries(attributes.map(({ name, type, field }) => [name, field ?? TYPES[type]]));
  return `${JSON.stringify(fields, null, 2)}\n`;
}
