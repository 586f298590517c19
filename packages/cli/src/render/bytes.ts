// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

/** `300 B`, `52 kB`, `5.2 MB`, `1.4 GB`: thousands, not 1024s. */
export function byteSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${Math.ceil(bytes / 1000)} kB`;
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
