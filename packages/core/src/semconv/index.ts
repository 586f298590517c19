// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

export * from './generated/attribute-names.ts';
export type * from './generated/attribute-types.ts';
export { ATTRIBUTES, type AttributeName } from './generated/attributes.ts';
export * from './generated/event-names.ts';
export { EVENTS } from './generated/events.ts';
export { SCHEMA_VERSION } from './generated/schema-version.ts';
export * from './generated/values.ts';
export type {
  AttributeDefinition,
  AttributeType,
  EventDefinition,
  Level,
  SeverityRule,
  SeverityText,
} from './registry-types.ts';
export { type Severity, severityOf } from './severity.ts';
export { type Violation, type ViolationRule, validateEvent } from './validate-event.ts';
