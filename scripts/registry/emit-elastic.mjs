// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

/** The field of each attribute for the index template, as a TypeScript module. */
export function elasticFieldsModule(fieldsJson) {
  return `// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors
//
// Generated from packages/core/registry/step-up.yaml; edit that and run \`npm run generate\`.

/** Elasticsearch field type of every attribute of the registry. */
export const ATTRIBUTE_FIELDS: Readonly<Record<string, 'boolean' | 'ip' | 'keyword' | 'long'>> = ${fieldsJson.trim()};
`;
}
