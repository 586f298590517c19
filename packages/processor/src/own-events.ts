// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

/** Events that only the sealer writes: from anybody else they would forge the trail's own statements. */
const OWN = new Set([
  'stepseal.stream.open',
  'stepseal.seal',
  'stepseal.gap',
  'stepseal.stream.close',
  'stepseal.prune',
  'stepseal.undelivered',
]);

/** Whether a caller may not emit an event of this name. */
export function isOwnEvent(eventName: string): boolean {
  return OWN.has(eventName);
}
