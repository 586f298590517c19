// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';

type Schema = Record<string, unknown>;

/** Where the OpenAPI document of Kibana's Dashboards API lies. It is Elastic's, and no part of this repository. */
export const REFERENCE: string | undefined = process.env['STEPSEAL_KIBANA_OPENAPI'];

/**
 * Makes a validator of the body that a call of the reference takes, or of its parameters.
 *
 * A schema marked `x-oas-optional` may be left out wherever it stands, though it is listed as required: so the document
 * itself marks what has a default.
 */
export function referenceSchema(pointer: readonly string[]): ValidateFunction {
  loaded ??= load();
  const path = pointer.map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1')).map(encodeURIComponent);
  return loaded.compile({ $ref: `reference#/${path.join('/')}` });
}

let loaded: Ajv | undefined;

function load(): Ajv {
  if (REFERENCE === undefined) throw new Error('no reference is given');
  const document = JSON.parse(readFileSync(REFERENCE, 'utf8')) as Schema;
  relax(document, document);
  return new Ajv({ strict: false }).addSchema(document, 'reference');
}

function relax(value: unknown, document: Schema): void {
  if (typeof value !== 'object' || value === null) return;
  for (const member of Object.values(value)) relax(member, document);
  const { required, properties } = value as { required?: unknown; properties?: Record<string, Schema> };
  if (!Array.isArray(required) || properties === undefined) return;
  (value as Schema)['required'] = required.filter((name: string) => !isOptional(properties[name], document));
}

function isOptional(schema: Schema | undefined, document: Schema): boolean {
  if (schema?.['x-oas-optional'] === true) return true;
  const ref = schema?.['$ref'];
  if (typeof ref !== 'string' || !ref.startsWith('#/')) return false;
  const target = ref
    .slice(2)
    .split('/')
    .reduce<unknown>((at, part) => (at as Schema | undefined)?.[part], document);
  return (target as Schema | undefined)?.['x-oas-optional'] === true;
}
