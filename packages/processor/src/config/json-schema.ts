// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { SETTINGS, type Setting, type SettingType } from './settings.ts';

type Schema = { readonly [name: string]: unknown };

/** JSON Schema (2020-12) of the configuration file, made from the table that the loader checks against. */
export function configJsonSchema(): Schema {
  const properties: Record<string, Record<string, unknown>> = {
    $schema: { type: 'string', description: 'Location of this schema, for editors.' },
  };
  for (const setting of SETTINGS) {
    const [group = '', member] = setting.key.split('.');
    if (member === undefined) properties[group] = settingSchema(setting);
    else {
      const holder = (properties[group] ??= { type: 'object', additionalProperties: false, properties: {} });
      (holder['properties'] as Record<string, unknown>)[member] = settingSchema(setting);
    }
  }
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Stepseal configuration (stepseal.config.json)',
    type: 'object',
    additionalProperties: false,
    properties,
  };
}

function settingSchema({ type, fallback, brief, variable, flag }: Setting): Record<string, unknown> {
  return { description: `${brief} Also ${variable} or --${flag}.`, ...typeSchema(type), default: fallback };
}

function typeSchema(type: SettingType): Record<string, unknown> {
  switch (type.kind) {
    case 'boolean':
      return { type: 'boolean' };
    case 'integer':
      return { type: 'integer', minimum: type.min, maximum: type.max };
    case 'path':
      return { type: 'string', minLength: 1 };
    case 'text':
      return { type: 'string', pattern: type.pattern, maxLength: type.maxLength };
    case 'choice':
      return { enum: type.values };
    case 'list':
      return {
        type: 'array',
        maxItems: type.maxItems,
        items: { type: 'string', pattern: type.pattern, maxLength: 256 },
      };
  }
}
