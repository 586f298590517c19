// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
// Visible ASCII, spaces and tabs within: what every server takes.
const VALUE = /^[\t\x20-\x7e]*$/;

/** Headers that the request itself decides. */
const OURS = new Set(['content-length', 'content-type', 'content-encoding', 'transfer-encoding', 'host', 'connection']);

/**
 * Headers out of a file: one `Name: value` a line, empty lines and those that begin with `#` left out. Values are
 * secrets: no error shows them.
 *
 * @throws RangeError naming the line
 */
export function parseHeaders(text: string): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [at, line] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(0, colon)).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    if (!NAME.test(name) || !VALUE.test(value) || OURS.has(name)) {
      throw new RangeError(`line ${at + 1} of the headers file is no header to be set`);
    }
    headers[name] = value;
  }
  return headers;
}
