// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

// The y coordinates of the eight points of small order of edwards25519, with the encodings of them beyond p; the sign
// bit is cleared. (C2SP CCTV, ed25519/README.md, "Low-order edwards25519 point encodings".)
const SMALL_ORDER_Y = new Set([
  '0000000000000000000000000000000000000000000000000000000000000000',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '0100000000000000000000000000000000000000000000000000000000000000',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
]);

/**
 * Whether 32 bytes encode a point of small order, canonically or not. Such a public key has signatures that hold for
 * more than one message, and OpenSSL 3.0 accepts what OpenSSL 3.5 refuses; refusing them here gives one answer
 * everywhere (docs/spec/notes.md, "Signatures").
 */
export function isSmallOrder(point: Uint8Array): boolean {
  const y = Buffer.from(point);
  y[31] = (y[31] as number) & 0x7f;
  return SMALL_ORDER_Y.has(y.toString('hex'));
}
