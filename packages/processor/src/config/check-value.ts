// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { isIP } from 'node:net';
import type { SettingValue } from './config.ts';
import type { ConfigProblem } from './errors.ts';
import type { Setting, SettingType } from './settings.ts';

export type Checked = { readonly value: SettingValue } | { readonly problem: ConfigProblem };

/**
 * Checks a value of the configuration file, already parsed. `place` says where it stands (`"seal.maxRecords" in
 * stepseal.config.json`); the value itself is never repeated, since a secret may stand in the wrong place.
 */
export function checkValue(setting: Setting, value: unknown, place: string): Checked {
  const { type } = setting;
  switch (type.kind) {
    case 'boolean':
      return typeof value === 'boolean' ? { value } : wrongType(type, place);
    case 'integer':
      if (typeof value !== 'number') return wrongType(type, place);
      return Number.isSafeInteger(value) && value >= type.min && value <= type.max
        ? { value }
        : outOfRange(type, place);
    case 'path':
      if (typeof value !== 'string') return wrongType(type, place);
      return value !== '' && !value.includes('\0') ? { value } : invalid(type, place);
    case 'text':
      if (typeof value !== 'string') return wrongType(type, place);
      return value.length <= type.maxLength && new RegExp(type.pattern).test(value) ? { value } : invalid(type, place);
    case 'choice':
      if (typeof value !== 'string') return wrongType(type, place);
      return type.values.includes(value) ? { value } : invalid(type, place);
    case 'list': {
      if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) return wrongType(type, place);
      if (value.length > type.maxItems) return outOfRange(type, place);
      const wrong = value.findIndex((item) => !isListItem(setting, type.pattern, item));
      return wrong === -1 ? { value } : invalid(type, `Item ${wrong + 1} of ${place}`);
    }
  }
}

/** Checks the text of a variable or flag. Lists are separated by commas; booleans are 1, 0, true or false. */
export function checkText(setting: Setting, text: string, place: string): Checked {
  switch (setting.type.kind) {
    case 'boolean': {
      const word = text.toLowerCase();
      if (word === '1' || word === 'true') return { value: true };
      if (word === '0' || word === 'false') return { value: false };
      return wrongType(setting.type, place);
    }
    case 'integer':
      return /^-?\d{1,16}$/.test(text) ? checkValue(setting, Number(text), place) : wrongType(setting.type, place);
    case 'list': {
      const items = text.split(',').map((item) => item.trim());
      return checkValue(
        setting,
        items.filter((item) => item !== ''),
        place,
      );
    }
    default:
      return checkValue(setting, text, place);
  }
}

/** What the setting accepts, in words. */
function expectation(type: SettingType): string {
  switch (type.kind) {
    case 'boolean':
      return 'true or false';
    case 'integer':
      return `a whole number of ${type.unit} from ${type.min} to ${type.max}`;
    case 'path':
      return 'a path';
    case 'text':
      return type.hint;
    case 'choice':
      return type.values.join(' or ');
    case 'list':
      return `a list of at most ${type.maxItems}, each ${type.hint}`;
  }
}

function isListItem(setting: Setting, pattern: string, item: string): boolean {
  if (item.length > 256 || !new RegExp(pattern).test(item)) return false;
  return setting.key !== 'client.trustedProxies' || isNetwork(item);
}

function isNetwork(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128));
}

function wrongType(type: SettingType, place: string): Checked {
  return { problem: { code: 'CONFIG_WRONG_TYPE', message: `${place} has the wrong type: set ${expectation(type)}.` } };
}

function outOfRange(type: SettingType, place: string): Checked {
  return { problem: { code: 'CONFIG_OUT_OF_RANGE', message: `${place} is out of range: set ${expectation(type)}.` } };
}

function invalid(type: SettingType, place: string): Checked {
  return { problem: { code: 'CONFIG_INVALID_VALUE', message: `${place} cannot be used: set ${expectation(type)}.` } };
}
