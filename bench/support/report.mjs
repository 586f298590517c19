// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { spread } from './rounds.mjs';

// Whoever would print the table is gone.
process.once('disconnect', () => process.exit(1));
// Listening for that must not keep a process alive that has measured everything.
process.channel?.unref();

/**
 * Hands one figure of a row to the process that prints the table.
 *
 * @param figure.id by which a waiver names it
 * @param figure.what for people
 * @param figure.samples one value a round
 * @param figure.unit `x` for a ratio, `%`, or a unit of size
 * @param figure.atMost the target, if it is an upper bound
 * @param figure.atLeast the target, if it is a lower bound
 * @param figure.beside absolute figures, as text
 */
export function report({ samples, ...figure }) {
  process.send?.({ ...figure, ...spread(samples), rounds: samples.length });
  if (process.send === undefined) console.log({ ...figure, ...spread(samples) });
}

/** Microseconds, with two digits. */
export function micros(value) {
  return `${value.toFixed(2)} µs`;
}

/** Thousands a second from microseconds each. */
export function perSecond(microsEach) {
  return `${(1000 / microsEach).toFixed(0)} k/s`;
}
