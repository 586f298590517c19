// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

/**
 * Has `remove` take away what is half made when somebody loses patience.
 *
 * @returns what ends that
 */
export function endedBySignal(remove: () => void): () => void {
  const end = (signal: NodeJS.Signals): void => {
    remove();
    process.exit(128 + (signal === 'SIGINT' ? 2 : 15));
  };
  process.on('SIGINT', end).on('SIGTERM', end);
  return () => process.off('SIGINT', end).off('SIGTERM', end);
}
