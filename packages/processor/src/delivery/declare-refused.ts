// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { SetAsideEntry } from '../data/set-aside.ts';
import type { DeliverableRecord } from '../otlp/logs-encoding.ts';
import type { Outcome } from './carrier.ts';
import type { DeliveryParts } from './delivery-parts.ts';
import type { DirectoryQueue } from './directory-queue.ts';
import { recordFacts } from './record-facts.ts';
import { UNDELIVERED } from './undelivered-event.ts';

/**
 * Declares in the trail, and lists beside the stream, that the first record of the queue was refused for good.
 *
 * @returns what the list now says of it; nothing when the declaration is not durable
 */
export async function declareRefused(
  queue: DirectoryQueue,
  { status, answer, text }: Outcome & { kind: 'refused' },
  { clock, declare, report }: DeliveryParts,
): Promise<SetAsideEntry | undefined> {
  const record = queue.window[0] as DeliverableRecord;
  const { eventName } = recordFacts(record.payload);
  const words = text === '' ? answer : `${answer}: ${text}`;
  const entry: SetAsideEntry = {
    streamId: queue.streamId as string,
    number: record.number,
    hash: record.hash,
    eventName,
    answer: words,
    status,
    timeMs: clock.wallMs(),
  };
  // A declaration that is refused in its turn is declared by nobody, or there would be no end of them. What the receiver
  // said stays out of the trail: it may repeat what it was sent.
  if (eventName !== UNDELIVERED && !(await declare({ ...entry, answer: `${status} ${answer}` }))) return undefined;
  // A crash here declares it twice; the other way round it would be declared never.
  try {
    queue.setAside.add(entry);
  } catch (error) {
    report('DELIVERY_FILE', 'the list of records that were set aside cannot be written', error);
  }
  return entry;
}
