// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

/**
 * Looks again and again, for what comes when it comes.
 *
 * @param what is waited for, in the words of a failure
 * @param enough tells whether what was seen will do; without it, whether it is true
 * @param withinMs default four minutes: a machine may be busy with other things
 * @returns what was seen at last; fails with it when the time is over
 */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  enough: (seen: T) => boolean = Boolean,
  withinMs = 240_000,
): Promise<T> {
  for (const end = Date.now() + withinMs; ; ) {
    const seen = await look();
    if (enough(seen)) return seen;
    if (Date.now() > end) throw new Error(`waited in vain for ${what}; at last: ${shown(seen)}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

function shown(seen: unknown): string {
  const things = Array.isArray(seen) ? `${seen.length}, ` : '';
  return `${things}${JSON.stringify(seen)?.slice(0, 1_000)}`;
}
