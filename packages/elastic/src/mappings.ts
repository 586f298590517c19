// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { ATTRIBUTE_FIELDS } from './generated/attribute-fields.ts';
import type { JsonObject } from './json.ts';

/**
 * Longest text that is indexed, in UTF-16 code units of at most three bytes each. Lucene refuses a term above 32,766
 * bytes and with it the document; a longer text stays in the document and is not searched.
 */
const LONGEST_TERM = 10_922;

const KEYWORD: JsonObject = { type: 'keyword', ignore_above: LONGEST_TERM };
/** Kept in the document alone: neither indexed nor in doc values. */
const KEPT: JsonObject = { type: 'keyword', index: false, doc_values: false };

/** What delivery adds to a sealed record (docs/spec): evidence is kept, what leads to it is searched. */
const INTEGRITY_FIELDS: Readonly<Record<string, JsonObject>> = {
  'audit.integrity.canonicalization': KEYWORD,
  'audit.integrity.hash': KEYWORD,
  'audit.integrity.note': KEPT,
  'audit.integrity.payload': KEPT,
  'audit.integrity.seal': { type: 'long' },
  'audit.integrity.signer': KEYWORD,
  'audit.integrity.value': KEPT,
};

/** Attributes of the Resource that an open record states, and what says how records are signed. */
const RESOURCE_FIELDS: readonly string[] = [
  'audit.integrity.algorithm',
  'cloud.provider',
  'cloud.region',
  'container.id',
  'deployment.environment.name',
  'host.id',
  'host.name',
  'k8s.cluster.name',
  'k8s.deployment.name',
  'k8s.namespace.name',
  'k8s.pod.name',
  'k8s.pod.uid',
  'service.instance.id',
  'service.name',
  'service.namespace',
  'service.version',
  'telemetry.sdk.language',
  'telemetry.sdk.name',
  'telemetry.sdk.version',
];

/**
 * The mappings of the data stream: the shape that the Collector's Elasticsearch exporter writes in mode `otel`.
 *
 * Names under `attributes` keep their dots (`subobjects: false`): else a foreign attribute `http` of type text would
 * meet the object `http` of `http.route`, and the document would be refused, which the exporter takes for done.
 */
export function mappings(): JsonObject {
  return {
    dynamic: false,
    properties: {
      '@timestamp': { type: 'date_nanos' },
      observed_timestamp: { type: 'date_nanos' },
      data_stream: {
        type: 'object',
        properties: { type: KEYWORD, dataset: KEYWORD, namespace: KEYWORD },
      },
      event_name: KEYWORD,
      severity_text: KEYWORD,
      severity_number: { type: 'long' },
      trace_id: KEYWORD,
      span_id: KEYWORD,
      body: { type: 'object', properties: { text: { type: 'text', norms: false } } },
      scope: { type: 'object', properties: { name: KEYWORD, version: KEYWORD } },
      attributes: flat({ ...attributeFields(), ...INTEGRITY_FIELDS }),
      resource: {
        type: 'object',
        properties: { attributes: flat(Object.fromEntries(RESOURCE_FIELDS.map((name) => [name, KEYWORD]))) },
      },
    },
  };
}

function attributeFields(): Record<string, JsonObject> {
  return Object.fromEntries(
    Object.entries(ATTRIBUTE_FIELDS).map(([name, type]) => [name, type === 'keyword' ? KEYWORD : { type }]),
  );
}

function flat(properties: Readonly<Record<string, JsonObject>>): JsonObject {
  const sorted = Object.entries(properties).sort(([a], [b]) => (a < b ? -1 : 1));
  return { type: 'object', dynamic: false, subobjects: false, properties: Object.fromEntries(sorted) };
}
