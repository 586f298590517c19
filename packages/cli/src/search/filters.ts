// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import {
  ATTR_HTTP_ROUTE,
  ATTR_SESSION_ID,
  ATTR_SESSION_PREVIOUS_ID,
  ATTR_STEP_UP_ACCESS_RESULT,
  ATTR_STEP_UP_ACTION_NAME,
  ATTR_STEP_UP_ID,
  ATTR_STEP_UP_METHOD,
  ATTR_STEP_UP_OUTCOME,
  ATTR_STEP_UP_REQUIREMENT_MET,
  ATTR_STEP_UP_TRIGGER_REASON,
  ATTR_USER_HASH,
  ATTR_USER_ID,
  ATTRIBUTES,
  type AttributeName,
  EVENT_STEP_UP_CHALLENGED,
  EVENT_STEP_UP_COMPLETED,
  EVENT_STEP_UP_REQUIRED,
  EVENTS,
} from '@stepseal/core/semconv';
import { nearestName } from '@stepseal/processor/config';
import { type Call, textFlag } from '../command.ts';
import { CliError } from '../errors.ts';
import { absent, anyText, type Fact, type Filter, present, text } from './condition.ts';
import { type PseudonymKey, pseudonym } from './pseudonym.ts';

/** What stands for "access was granted although the demanded proof was not there". */
const UNMET = 'unmet';
/** What stands for "it has not ended". */
const OPEN = 'open';

/**
 * The filters of a call. Those that single out most come first. `key` is asked for only where an id in clear may have to
 * be hashed; `tell` gets a sentence where that cannot be done.
 *
 * Throws CliError BAD_ARGUMENT.
 */
export function readFilters(call: Call, key: () => PseudonymKey, tell: (sentence: string) => void): Filter[] {
  const filters: Filter[] = [];
  const add = (...anyOf: Fact[][]): void => void filters.push(present(anyOf));
  const valueOf = (flag: string): string | undefined => textFlag(call, flag);

  const id = valueOf('id');
  if (id !== undefined) add(...commaSeparated(id).map((one) => [text(ATTR_STEP_UP_ID, one)]));
  const user = valueOf('user');
  if (user !== undefined) {
    filters.push(anyText([ATTR_USER_HASH, ATTR_USER_ID], [...hashed(user, 'user', key, tell), user]));
  }
  const session = valueOf('session');
  if (session !== undefined) {
    filters.push(
      anyText([ATTR_SESSION_ID, ATTR_SESSION_PREVIOUS_ID], [...hashed(session, 'session', key, tell), session]),
    );
  }
  for (const word of call.arguments) filters.push(words(word));
  const action = valueOf('action');
  if (action !== undefined) {
    add([text(action.startsWith('/') ? ATTR_HTTP_ROUTE : ATTR_STEP_UP_ACTION_NAME, action)]);
  }
  for (const [flag, name] of [
    ['outcome', ATTR_STEP_UP_OUTCOME],
    ['trigger', ATTR_STEP_UP_TRIGGER_REASON],
    ['method', ATTR_STEP_UP_METHOD],
  ] as const) {
    const value = valueOf(flag);
    if (value === undefined) continue;
    if (flag === 'outcome' && value === OPEN) filters.push(...open());
    else add(...known(flag, name, value).map((one) => [text(name, one)]));
  }
  const access = valueOf('access');
  if (access !== undefined) add(...known('access', ATTR_STEP_UP_ACCESS_RESULT, access).map(accessFacts));
  const event = valueOf('event');
  if (event !== undefined) add(...commaSeparated(event).map((one) => [eventFact(eventName(one))]));
  return filters;
}

/** One step-up. */
export function idFilter(id: string): Filter {
  return present([[text(ATTR_STEP_UP_ID, id)]]);
}

/** Demanded, and no record says how it ended; the time window is about the demand. */
function open(): Filter[] {
  const begun = [EVENT_STEP_UP_REQUIRED, EVENT_STEP_UP_CHALLENGED].map((name) => [eventFact(name)]);
  return [present(begun), absent([[eventFact(EVENT_STEP_UP_COMPLETED)]])];
}

function accessFacts(value: string): Fact[] {
  if (value !== UNMET) return [text(ATTR_STEP_UP_ACCESS_RESULT, value)];
  const unmet: Fact = { kind: 'flag', attribute: ATTR_STEP_UP_REQUIREMENT_MET, value: false };
  return [unmet, text(ATTR_STEP_UP_ACCESS_RESULT, 'granted')];
}

function eventFact(name: string): Fact {
  return { kind: 'event', name };
}

/** Text as typed, in small letters, with a capital, in capitals: bytes are compared, and these are how words are written. */
function words(typed: string): Filter {
  const small = typed.toLowerCase();
  const spellings = new Set([typed, small, `${small.slice(0, 1).toUpperCase()}${small.slice(1)}`, typed.toUpperCase()]);
  return present([...spellings].map((spelling) => [{ kind: 'word', spelling }]));
}

function hashed(
  id: string,
  kind: 'user' | 'session',
  key: () => PseudonymKey,
  tell: (sentence: string) => void,
): string[] {
  const read = key();
  if ('key' in read) return [pseudonym(read.key, kind, id)];
  const places = kind === 'user' ? 'user.id and user.hash' : 'session.id';
  tell(`The pseudonym key cannot be read, so --${kind} is looked for as it is, in ${places}. ${read.problem}`);
  return [];
}

function commaSeparated(value: string): string[] {
  return value.split(',').filter((part) => part !== '');
}

/** Checks values of a closed list, so that a slip of the pen is not taken for "nothing found". */
function known(flag: string, name: AttributeName, value: string): string[] {
  const extra = flag === 'access' ? [UNMET] : flag === 'outcome' ? [OPEN] : [];
  const values = [...(ATTRIBUTES[name].values ?? []), ...extra];
  const typed = commaSeparated(value);
  const wrong = typed.find((one) => !values.includes(one) || (one === OPEN && typed.length > 1));
  if (wrong === undefined && typed.length > 0) return typed;
  if (wrong === OPEN) throw new CliError('BAD_ARGUMENT', `Option --${flag} takes open by itself only.`);
  const near = nearestName(wrong ?? '', values);
  const hint = near === undefined ? `It is one of ${values.join(', ')}.` : `Did you mean ${near}?`;
  throw new CliError('BAD_ARGUMENT', `Option --${flag} does not know ${wrong ?? value}. ${hint}`);
}

/** Names of the registry may be cut to their last part; others are taken as they are. */
function eventName(typed: string): string {
  const names = Object.keys(EVENTS);
  const full = names.find((name) => name === typed || name === `step_up.${typed}` || name === `stepseal.${typed}`);
  if (full !== undefined) return full;
  const near = nearestName(typed, [...names, ...names.map((name) => name.slice(name.indexOf('.') + 1))]);
  if (near === undefined && typed.includes('.')) return typed;
  const hint = near === undefined ? `It is one of ${names.join(', ')}.` : `Did you mean ${near}?`;
  throw new CliError('BAD_ARGUMENT', `Option --event does not know ${typed}. ${hint}`);
}
