// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

/** What is to be taken away, the latest first. */
const removals: (() => void)[] = [];

/**
 * Has `remove` take away what is half made when somebody loses patience.
 *
 * @returns what ends that
 */
export function endedBySignal(remove: () => void): () => void {
  if (removals.length === 0) process.on('SIGINT', end).on('SIGTERM', end);
  removals.unshift(remove);
  return () => {
    removals.splice(removals.indexOf(remove), 1);
    if (removals.length === 0) process.off('SIGINT', end).off('SIGTERM', end);
  };
}

function end(signal: NodeJS.Signals): void {
  for (const remove of removals) remove();
  process.exit(128 + (signal === 'SIGINT' ? 2 : 15));
}
