// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

/** The middle value, and the lowest and highest. */
export function spread(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return { median, min: sorted[0], max: sorted.at(-1) };
}

/**
 * Measures contenders that take turns, so that whatever else the machine does meets all of them alike.
 *
 * @param contenders functions by name, each resolving to one number: the cost, or the yield, of one round
 * @param options.rounds how many rounds count
 * @param options.warmUp how many rounds before them do not
 * @returns the samples of each contender, in order of rounds
 */
export async function takeTurns(contenders, { rounds, warmUp }) {
  const names = Object.keys(contenders);
  const samples = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = -warmUp; round < rounds; round++) {
    // Each takes each place equally often, and every other round goes backwards: who comes second finds the garbage, and the
    // cold caches, that who came first has left.
    const turn = Math.floor((round + warmUp) / 2) % names.length;
    const order = [...names.slice(turn), ...names.slice(0, turn)];
    for (const name of round % 2 === 0 ? order : order.toReversed()) {
      globalThis.gc?.();
      const value = await contenders[name](round);
      if (round >= 0) samples[name].push(value);
    }
  }
  return samples;
}

/** Ratios of two contenders round by round. */
export function ratios(samples, name, peer) {
  return samples[name].map((value, round) => value / samples[peer][round]);
}
