// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { TypedValue } from '@stepseal/core/format';

/** What the story needs of a sealed record. All of it comes from the files and may be hostile. */
export interface ToldRecord {
  readonly eventName: string;
  readonly timeMs: number;
  readonly stream: string;
  readonly number: number;
  /** Hex SHA-256 of the payload. */
  readonly hash: string;
  /** Number of the sealing record whose note covers it; absent behind the last one. */
  sealedBy?: number;
  readonly attributes: ReadonlyMap<string, TypedValue>;
  /** The sentence that its writer made of it. */
  readonly body?: string;
}

export function text(record: ToldRecord, name: string): string | undefined {
  const value = record.attributes.get(name);
  return value?.type === 'string' ? value.value : undefined;
}

export function integer(record: ToldRecord, name: string): number | undefined {
  const value = record.attributes.get(name);
  return value?.type === 'int' ? Number(value.value) : undefined;
}

export function flag(record: ToldRecord, name: string): boolean | undefined {
  const value = record.attributes.get(name);
  return value?.type === 'bool' ? value.value : undefined;
}

export function texts(record: ToldRecord, name: string): readonly string[] {
  const value = record.attributes.get(name);
  if (value?.type !== 'array') return [];
  return value.value.flatMap((item) => (item.type === 'string' ? [item.value] : []));
}
