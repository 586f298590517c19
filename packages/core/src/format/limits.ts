// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

/** Version of the evidence format, written into every stream's open record as `stepseal.format.version`. */
export const FORMAT_VERSION = '1';

/** Limits a reader enforces before it believes anything (docs/spec/README.md, "Limits"). Sizes are in bytes. */
export const LIMITS: {
  /** Largest payload a reader accepts: 2 MiB. */
  readonly payloadBytes: 2_097_152;
  /** Largest payload of a registry event: what a 16-bit length holds. */
  readonly ownPayloadBytes: 65_535;
  /** Deepest nesting of arrays and maps; `attributes` is 1, a `body` that is an array or a map is 1. */
  readonly depth: 128;
  /** Largest signed note: 16 KiB. */
  readonly noteBytes: 16_384;
  /** Most signature lines of one note. */
  readonly noteSignatures: 16;
  /** A stream is rolled before its segment grows beyond this: 64 MiB. */
  readonly segmentBytes: 67_108_864;
} = {
  payloadBytes: 2_097_152,
  ownPayloadBytes: 65_535,
  depth: 128,
  noteBytes: 16_384,
  noteSignatures: 16,
  segmentBytes: 67_108_864,
};
