// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

/**
 * Bytes of standard base64 with padding (RFC 4648 section 4), or undefined for any other spelling: other alphabets,
 * white space, missing padding, and unused bits that are not zero.
 */
export function decodeBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}
