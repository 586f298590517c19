// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

/** Families by what only they write, those that imitate others before the ones they imitate. */
const FAMILIES: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['Edge', /\bEdg(?:e|A|iOS)?\//],
  ['Opera', /\b(?:OPR|Opera|OPiOS)\//],
  ['Samsung Internet', /\bSamsungBrowser\//],
  ['Firefox', /\b(?:Firefox|FxiOS)\//],
  ['Headless Chrome', /\bHeadlessChrome\//],
  ['Chrome', /\b(?:Chrome|Chromium|CriOS)\//],
  ['Safari', /\bSafari\//],
  ['CFNetwork', /\bCFNetwork\//],
  ['okhttp', /^okhttp\//],
  ['Dart', /^Dart\//],
  ['Node.js', /^(?:node|undici|node-fetch|axios|got)\b/],
  ['curl', /^curl\//],
  ['Wget', /^Wget\//],
  ['Python', /^(?:python-requests|python-httpx|Python|aiohttp)\b/],
  ['Go', /^Go-http-client\//],
  ['Java', /^(?:Java|Apache-HttpClient)\//],
  ['Postman', /^PostmanRuntime\//],
];

const MAX_LENGTH = 1024;

/**
 * The family of a browser or client, from a closed list; nothing where it is none of these. The header is whatever the
 * client says it is, so none of its text is recorded.
 */
export function userAgentName(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const text = header.slice(0, MAX_LENGTH);
  return FAMILIES.find(([, pattern]) => pattern.test(text))?.[0];
}
