// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

/** How a stream looks from outside, without reading it: whatever is added, taken away or changed changes it. */
export interface Outline {
  /** By stream id. */
  readonly streams: ReadonlyMap<string, string>;
  /** Of what belongs to no stream. */
  readonly rest: string;
}

/** Looks at all streams without reading them. */
export type Look = () => Promise<Outline>;

/** What a look shows that the one before did not. */
export interface Growth {
  /** Streams that are new or look different, in order of id. */
  readonly changed: readonly string[];
  /** A stream is gone, or what belongs to none has changed: only a reading of everything can tell what that means. */
  readonly unsettled: boolean;
}

export function growth(before: Outline, now: Outline): Growth {
  const changed = [...now.streams].filter(([id, outline]) => before.streams.get(id) !== outline).map(([id]) => id);
  const gone = [...before.streams.keys()].some((id) => !now.streams.has(id));
  return { changed: changed.sort(), unsettled: gone || before.rest !== now.rest };
}
