// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

/** Names of fields, as the Collector's exporter writes them and the index template has them. */
export const EVENT = 'event_name';
export const TIME = '@timestamp';
export const SERVICE = 'resource.attributes.service.name';

/** The field of an attribute. */
export function attribute(name: string): string {
  return `attributes.${name}`;
}

export const STEP_UP_ID: string = attribute('step_up.id');
export const USER: string = attribute('user.hash');
export const METHOD: string = attribute('step_up.method');
export const OUTCOME: string = attribute('step_up.outcome');
export const ACTION: string = attribute('step_up.action.name');
export const REASON: string = attribute('step_up.trigger.reason');
export const STREAM: string = attribute('audit.sequence.stream_id');
