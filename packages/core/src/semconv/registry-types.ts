// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

/** Type of an attribute in the registry. Enums are strings with a closed set of `values`. */
export type AttributeType = 'string' | 'int' | 'boolean' | 'string[]';

/** OpenTelemetry requirement level of an attribute on an event. */
export type Level = 'required' | 'conditionally_required' | 'recommended' | 'opt_in';

export interface AttributeDefinition {
  readonly type: AttributeType;
  readonly brief: string;
  /** Longest value in UTF-8 bytes; of one element where the type is `string[]`. Set on all strings that are no enum. */
  readonly maxBytes?: number;
  /** Most elements of a `string[]`. */
  readonly maxItems?: number;
  /** Largest value of an `int`; 2^53-1 where left out. The smallest is 0. */
  readonly maximum?: number;
  /** Closed set of values of an enum. */
  readonly values?: readonly string[];
  /** Value that stands in for one outside `values`; where left out such a value is dropped. */
  readonly fallback?: string;
  /** True where the encoder sets the attribute and a caller must not. */
  readonly chain?: true;
}

export type SeverityText = 'INFO' | 'WARN' | 'ERROR';

export interface SeverityRule {
  /** Attribute values that must all be equal for the rule to hold. */
  readonly when: Readonly<Record<string, string | boolean>>;
  readonly severity: SeverityText;
}

export interface EventDefinition {
  readonly brief: string;
  /** Level of every attribute the event may carry, in UTF-16 order of the names. */
  readonly attributes: Readonly<Record<string, Level>>;
  readonly severity: SeverityText;
  readonly severityRules: readonly SeverityRule[];
  /** True on events that carry no trace or span id. */
  readonly untraced: boolean;
}
