// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { TypedValue } from '@stepseal/core/format';
import { shownName } from '../projection.ts';

/** A field of a document that is not what the sealed record makes of it. */
export interface DocumentDifference {
  /**
   * `altered`: says something else, or bears a name that only the writer may give; `missing`; `resource`: a changed
   * Resource; `added`: by a Collector or anybody else, under a name that nobody else's search rests on.
   */
  readonly kind: 'altered' | 'missing' | 'added' | 'resource';
  /** Path in the document; of names that are their writers' words only where they stand. */
  readonly path: string;
  /** Both values in JSON, where the field is one of the registry's or of the record itself; cut where long. */
  readonly sealed?: string;
  readonly stated?: string;
}

/** Longest value that is shown, in UTF-16 code units. */
const SHOWN = 200;
/** More of one document is no use to anybody, and how many there are is its writer's choice. */
const MOST = 64;
/** A name that a Collector's component could give. */
const PLAIN_NAME = /^[a-z@][a-z0-9_]*(?:\.[a-z0-9_]+)*$/;

/** Gathers the differences of one document. */
export class DifferenceLog {
  readonly found: DocumentDifference[] = [];

  altered(key: string, sealed: TypedValue | undefined, stated: unknown): void {
    const name = shownName(key);
    if (name === 'attributes') this.#add({ kind: 'altered', path: name });
    else this.#add({ kind: 'altered', path: `attributes.${name}`, ...values(plain(sealed), stated) });
  }

  missing(key: string, sealed: TypedValue): void {
    const name = shownName(key);
    if (name === 'attributes') this.#add({ kind: 'missing', path: name });
    else this.#add({ kind: 'missing', path: `attributes.${name}`, ...values(plain(sealed), undefined) });
  }

  /** A name that is no attribute of the writer's, below this part of the document; '' is the top. */
  added(place: string, key: string): void {
    const name = key.length <= 64 && PLAIN_NAME.test(key) ? key : '';
    this.#add({ kind: 'added', path: [place, name].filter((part) => part !== '').join('.') || 'document' });
  }

  /** A field of the record itself. */
  field(path: string, sealed: unknown, stated: unknown): void {
    this.#add({ kind: stated === undefined ? 'missing' : 'altered', path, ...values(sealed, stated) });
  }

  /** As {@link field}, of what may be the application's words. */
  hidden(path: string, stated: unknown): void {
    this.#add({ kind: stated === undefined ? 'missing' : 'altered', path });
  }

  resource(key: string, sealed: TypedValue | undefined, stated: unknown): void {
    this.#add({ kind: 'resource', path: `resource.attributes.${key}`, ...values(plain(sealed), stated) });
  }

  #add(difference: DocumentDifference): void {
    if (this.found.length < MOST) this.found.push(difference);
  }
}

function values(sealed: unknown, stated: unknown): { readonly sealed?: string; readonly stated?: string } {
  return {
    ...(sealed === undefined ? {} : { sealed: spelt(sealed) }),
    ...(stated === undefined ? {} : { stated: spelt(stated) }),
  };
}

function spelt(value: unknown): string {
  const text = JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? String(item) : item)) ?? '';
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}

function plain(value: TypedValue | undefined): unknown {
  if (value === undefined) return undefined;
  switch (value.type) {
    case 'bytes':
      return Buffer.from(value.value).toString('hex');
    case 'array':
      return value.value.map(plain);
    case 'map':
      return Object.fromEntries([...value.value].map(([key, item]) => [key, plain(item)]));
    default:
      return value.value;
  }
}
