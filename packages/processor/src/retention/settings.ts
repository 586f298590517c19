// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

/** When segments may be deleted. A limit of 0 is no limit. */
export interface RetentionSettings {
  /** Milliseconds since the last record of a stream. */
  readonly maxAgeMs: number;
  /** Bytes of all segments in the data directory. */
  readonly maxBytes: number;
  /** Bytes that have to stay free on the file system. */
  readonly minFreeBytes: number;
}

const WEEK_MS = 7 * 86_400_000;
const GIBIBYTE = 1024 ** 3;

/**
 * What is asked for, and where nothing is (undefined or 0): seven days and 1 GiB where an endpoint has every record that
 * is deleted, else no limit.
 */
export function retentionSettings(asked: Partial<RetentionSettings> = {}, delivers: boolean): RetentionSettings {
  return {
    maxAgeMs: asked.maxAgeMs || (delivers ? WEEK_MS : 0),
    maxBytes: asked.maxBytes || (delivers ? GIBIBYTE : 0),
    minFreeBytes: asked.minFreeBytes || 0,
  };
}

/** Whether anything may be deleted at all. */
export function limitsAnything({ maxAgeMs, maxBytes, minFreeBytes }: RetentionSettings): boolean {
  return maxAgeMs > 0 || maxBytes > 0 || minFreeBytes > 0;
}
