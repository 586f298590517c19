// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { encodePayload, type Payload, type TypedValue } from '@stepseal/core/format';
import { type Attack, NOTHING_SUITABLE, type Plan, planFor, replaceLine } from '../attack.ts';
import { type Ground, nameOf, type Target } from '../ground.ts';
import { rewritten } from '../segment-lines.ts';
import { otherText, scalarText, spelled } from '../words.ts';

/** Changes inside one record; nothing else is touched. */
export const EDITS: readonly Attack[] = [
  {
    kind: 'edit',
    id: 'edit-value',
    title: 'a value is changed',
    plan(ground) {
      const target = targetWith(ground, ({ type }) => type === 'string');
      if (target === undefined) return NOTHING_SUITABLE;
      const [name, old] = target.attribute;
      const value: TypedValue = { type: 'string', value: otherText(scalarText(old)) };
      return changed(target, name, value, `${name} said ${spelled(old)}, and now says ${spelled(value)}`);
    },
  },
  {
    kind: 'edit',
    id: 'edit-type',
    title: 'a type is changed',
    plan(ground) {
      const target = targetWith(ground, ({ type }) => type === 'int' || type === 'bool' || type === 'double');
      if (target === undefined) return NOTHING_SUITABLE;
      const [name, old] = target.attribute;
      const value: TypedValue = { type: 'string', value: scalarText(old) };
      const kinds: Partial<Record<TypedValue['type'], string>> = { int: 'an integer', bool: 'a truth value' };
      const was = kinds[old.type] ?? 'a number';
      return changed(target, name, value, `${name} was ${was}, ${spelled(old)}, and is now the text ${spelled(value)}`);
    },
  },
  {
    kind: 'edit',
    id: 'edit-field',
    title: 'a whole field is taken out',
    plan(ground) {
      const target = targetWith(ground, () => true);
      if (target === undefined) return NOTHING_SUITABLE;
      const [name, old] = target.attribute;
      return changed(target, name, undefined, `${name}, which said ${spelled(old)}, is taken out`);
    },
  },
  {
    kind: 'edit',
    id: 'edit-time',
    title: 'a time is moved',
    plan(ground) {
      const target = ground.target(({ payload }) => payload.timestamp !== undefined);
      const old = target?.payload.timestamp;
      if (target === undefined || old === undefined) return NOTHING_SUITABLE;
      const timestamp = old - 3_600_000_000_000n;
      const what = `its time was ${timeOf(old)}, and is now an hour earlier`;
      return edited(target, { ...target.payload, timestamp }, what);
    },
  },
];

interface AttributeTarget extends Target {
  readonly attribute: readonly [name: string, value: TypedValue];
}

/** A record and one of its attributes that `suits`: what it says of the step-up rather than of the chain. */
function targetWith(ground: Ground, suits: (value: TypedValue) => boolean): AttributeTarget | undefined {
  const own = ({ payload }: Target): [string, TypedValue][] =>
    [...payload.attributes].filter(([name, value]) => !name.startsWith('audit.') && suits(value));
  const target = ground.target((one) => own(one).length > 0);
  const attributes = target === undefined ? [] : own(target);
  const telling = attributes.filter(([name]) => /outcome|result|method|reason|action|user/.test(name));
  const attribute = ground.random.pick(telling) ?? ground.random.pick(attributes);
  return target === undefined || attribute === undefined ? undefined : { ...target, attribute };
}

function changed(target: Target, name: string, value: TypedValue | undefined, what: string): Plan {
  const attributes = new Map(target.payload.attributes);
  if (value === undefined) attributes.delete(name);
  else attributes.set(name, value);
  return edited(target, { ...target.payload, attributes }, what);
}

function edited(target: Target, payload: Payload, what: string): Plan {
  const { stream, line } = target;
  const lines = replaceLine(stream, line, rewritten(line, encodePayload(payload)));
  return planFor(stream, line.number, lines, `In ${nameOf(target)}, ${what}.`);
}

function timeOf(nanoseconds: bigint): string {
  const milliseconds = Number(nanoseconds / 1_000_000n);
  return milliseconds > 8.64e15 ? `${nanoseconds} ns` : new Date(milliseconds).toISOString();
}
