// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Files } from '../../../attacks/scenario.ts';
import type { BaseName } from './bases.ts';
import type { Document } from './exported.ts';
import type { Target } from './target.ts';

/** What the verifier is told beside the data stream; what is left out is as for the untouched control. */
export interface View {
  readonly now?: number;
  readonly trust?: string;
  readonly knownHeads?: string;
  readonly deliveryGraceMs?: number;
  /** Data stream, pattern or alias that is verified; the row's own data stream unless given. */
  readonly dataStream?: string;
  /** Verifies as this user, who may less. */
  readonly user?: string;
  /** A copy in segments beside it. */
  readonly segments?: Files;
}

export interface StoreVariant {
  readonly base: BaseName;
  /** What the control is told. */
  readonly control?: (target: Target) => View;
  /** Puts the base into a data stream of its own, where that is not just to write it. */
  readonly fill?: (target: Target) => Promise<void>;
  readonly attack: (target: Target) => Promise<View | undefined>;
}

/** Variants by name; the names are those of the expectation file. */
export type StoreRow = Readonly<Record<string, StoreVariant>>;

type Act = (target: Target) => Promise<View | void>;

export function on(base: BaseName, attack: Act, more: Omit<StoreVariant, 'base' | 'attack'> = {}): StoreVariant {
  return { base, attack: async (target) => (await attack(target)) ?? undefined, ...more };
}

/** An edit of one document of `kinds`. */
export function editOf(number: number, change: (source: Document) => unknown): StoreVariant {
  return on('kinds', (target) => target.edit(number, change));
}

/** An attribute of one document of `kinds` set; `undefined` takes it away. */
export function setOf(number: number, name: string, value: unknown): StoreVariant {
  return editOf(number, (source) => {
    if (value === undefined) delete source.attributes[name];
    else source.attributes[name] = value;
  });
}

/** A member at the top of one document of `kinds` set; `undefined` takes it away. */
export function topOf(number: number, name: string, value: unknown): StoreVariant {
  return editOf(number, (source) => {
    if (value === undefined) delete source[name];
    else source[name] = value;
  });
}
