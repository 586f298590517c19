// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { EventRecord, Payload } from '@stepseal/core/format';
import type { Clock } from '../clock.ts';

/** What a prune record says. */
export interface Declaration {
  readonly streamId: string;
  /** Records in it. */
  readonly size: number;
  /** Root over them, base64. */
  readonly root: string;
  /** The rule that allowed it. */
  readonly policy: string;
}

/** `stepseal.prune`. */
export function pruneEvent(clock: Clock, { streamId, size, root, policy }: Declaration): EventRecord {
  const now = clock.wallMs();
  return {
    eventName: 'stepseal.prune',
    timestampMs: now,
    observedTimestampMs: now,
    body: `Stream ${streamId} is deleted: ${policy}.`,
    attributes: {
      'stepseal.prune.stream_id': streamId,
      'stepseal.prune.size': size,
      'stepseal.prune.root': root,
      'stepseal.prune.policy': policy,
    },
  };
}

/** What a prune record of an older stream says; undefined when it lacks something. */
export function declarationOf({ attributes }: Payload): Declaration | undefined {
  const text = (name: string): string | undefined => {
    const value = attributes.get(name);
    return value?.type === 'string' ? value.value : undefined;
  };
  const size = attributes.get('stepseal.prune.size');
  const streamId = text('stepseal.prune.stream_id');
  const root = text('stepseal.prune.root');
  if (streamId === undefined || root === undefined || size?.type !== 'int') return undefined;
  return { streamId, size: Number(size.value), root, policy: text('stepseal.prune.policy') ?? 'declared before' };
}
