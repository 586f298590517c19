// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { TypedValue } from '@stepseal/core/format';

const LONGEST = 60;

/** A value as people read it, cut where it is long. */
export function spelled(value: TypedValue): string {
  switch (value.type) {
    case 'string':
      return `"${cut(value.value)}"`;
    case 'bytes':
      return `${value.value.length} bytes`;
    case 'array':
      return `a list of ${value.value.length}`;
    case 'map':
      return `a map of ${value.value.size}`;
    default:
      return String(value.value);
  }
}

function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

/** A scalar without its type, as somebody who rewrites it would spell it. */
export function scalarText(value: TypedValue): string {
  return value.type === 'array' || value.type === 'map' || value.type === 'bytes' ? '' : String(value.value);
}

/** What an insider would want a record to say instead. */
const OPPOSITES: Readonly<Record<string, string>> = {
  passed: 'failed',
  failed: 'passed',
  attempted: 'passed',
  abandoned: 'passed',
  expired: 'passed',
  locked_out: 'passed',
  granted: 'denied',
  denied: 'granted',
  webauthn: 'totp',
  totp: 'webauthn',
};

/** Another text of the same kind. */
export function otherText(text: string): string {
  const opposite = Object.hasOwn(OPPOSITES, text) ? OPPOSITES[text] : undefined;
  if (opposite !== undefined) return opposite;
  const last = text.at(-1);
  return last === undefined ? 'x' : `${text.slice(0, -1)}${last === '0' ? '1' : '0'}`;
}

export function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
