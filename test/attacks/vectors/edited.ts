// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import {
  editText,
  recordAt,
  recordIndex,
  relink,
  replaceAt,
  type SegmentLine,
  setAttributes,
  withAttributes,
} from '@stepseal/testkit';
import type { VectorCase } from './case.ts';
import { loss, onClosed, streamOf, t } from './make.ts';
import { otherWriter } from './streams.ts';

/** Content changed in place. */
export function editedStreams(): VectorCase[] {
  return [
    onClosed(
      'modified',
      'An attribute of record 4 edited.',
      (lines) => setAttributes(lines, 4, { 'step_up.trigger.reason': 'risk_score' }),
      (stream) => [t('MODIFIED', stream, 4)],
    ),
    onClosed(
      'type-swapped',
      'The integer 1 of record 4 made the text "1".',
      (lines) => setAttributes(lines, 4, { 'step_up.attempt.number': '1' }),
      (stream) => [t('MODIFIED', stream, 4)],
    ),
    onClosed(
      'duplicate-key',
      'An attribute twice in record 4: readers that take the first and readers that take the last see two records.',
      (lines) =>
        editText(lines, 4, (text) => text.replace('"step_up.id":', '"step_up.id":{"stringValue":"x"},"step_up.id":')),
      (stream) => [t('MALFORMED', stream, 4)],
    ),
    onClosed(
      'relinked',
      'Record 4 replaced and every hash behind it made to fit.',
      (lines) => relink(setAttributes(lines, 4, { 'step_up.id': 'x' }), 5),
      (stream) => [t('SEAL_MISMATCH', stream, 4, 8)],
    ),
    onClosed(
      'chain-broken',
      'Records 4 and 5 taken from another stream, with this stream\u2019s id written into them.',
      (lines, stream) =>
        [4, 5].reduce<readonly SegmentLine[]>((changed, number) => {
          const other = recordAt(streamOf(otherWriter()).lines, number);
          const text = withAttributes(other.text, { 'audit.sequence.stream_id': stream.streamId });
          return replaceAt(changed, recordIndex(changed, number), { ...other, text });
        }, lines),
      (stream) => [t('CHAIN_BROKEN', stream, 4, 6)],
    ),
    onClosed(
      'last-seal-edited',
      'The time in the close record edited.',
      (lines) => setAttributes(lines, 8, { 'stepseal.clock.wall_ms': 1 }),
      (stream) => [t('SEAL_MISMATCH', stream, 7, 8), loss(stream)],
    ),
  ];
}
