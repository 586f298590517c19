// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { SeededRandom } from './seeded-random.ts';

/** RFC 9562 §5.7: 48 bits of Unix milliseconds, the rest from the given source. Lower case. */
export function uuidV7(ms: number, random: SeededRandom): string {
  const bytes = Buffer.concat([Buffer.alloc(6), random.bytes(10)]);
  bytes.writeUIntBE(ms, 0, 6);
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
