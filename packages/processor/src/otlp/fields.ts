// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

// Tags (field number and wire type) of opentelemetry-proto 1.x: opentelemetry/proto/collector/logs/v1/logs_service.proto,
// logs/v1/logs.proto, common/v1/common.proto, resource/v1/resource.proto. A test reads them against a table of these files.

const VARINT = 0;
const FIXED64 = 1;
const DELIMITED = 2;

const tag = (field: number, type: number): number => (field << 3) | type;

export const REQUEST_RESOURCE_LOGS: number = tag(1, DELIMITED);
export const RESOURCE_LOGS_RESOURCE: number = tag(1, DELIMITED);
export const RESOURCE_LOGS_SCOPE_LOGS: number = tag(2, DELIMITED);
export const RESOURCE_ATTRIBUTES: number = tag(1, DELIMITED);
export const SCOPE_LOGS_SCOPE: number = tag(1, DELIMITED);
export const SCOPE_LOGS_LOG_RECORDS: number = tag(2, DELIMITED);
export const SCOPE_NAME: number = tag(1, DELIMITED);
export const SCOPE_VERSION: number = tag(2, DELIMITED);
export const RECORD_TIME: number = tag(1, FIXED64);
export const RECORD_SEVERITY_NUMBER: number = tag(2, VARINT);
export const RECORD_SEVERITY_TEXT: number = tag(3, DELIMITED);
export const RECORD_BODY: number = tag(5, DELIMITED);
export const RECORD_ATTRIBUTES: number = tag(6, DELIMITED);
export const RECORD_TRACE_ID: number = tag(9, DELIMITED);
export const RECORD_SPAN_ID: number = tag(10, DELIMITED);
export const RECORD_OBSERVED_TIME: number = tag(11, FIXED64);
export const RECORD_EVENT_NAME: number = tag(12, DELIMITED);
export const KEY_VALUE_KEY: number = tag(1, DELIMITED);
export const KEY_VALUE_VALUE: number = tag(2, DELIMITED);
export const ANY_STRING: number = tag(1, DELIMITED);
export const ANY_BOOL: number = tag(2, VARINT);
export const ANY_INT: number = tag(3, VARINT);
export const ANY_DOUBLE: number = tag(4, FIXED64);
export const ANY_ARRAY: number = tag(5, DELIMITED);
export const ANY_MAP: number = tag(6, DELIMITED);
export const ANY_BYTES: number = tag(7, DELIMITED);
export const LIST_VALUES: number = tag(1, DELIMITED);
