// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { StreamBuilder, TestWriter, testKey, writeOne } from '@stepseal/testkit';
import type { VectorCase } from './case.ts';
import { ATTACKER, byName, loss, make, streamOf, t, unproved } from './make.ts';
import { closedWriter, rolledWriter, writeVectorBody } from './streams.ts';

/** Nothing to trust, or somebody else’s word. */
export function strangersKeys(): VectorCase[] {
  const closed = closedWriter();
  const rolled = rolledWriter();
  const own = new StreamBuilder({ label: 'vectors, attacker', identity: ATTACKER, identityAlways: false });
  writeVectorBody(own.open()).close();
  const shop = new TestWriter({
    label: 'vectors, shop',
    deployment: 'demo.shop',
    identity: testKey('demo.shop', 'identity/demo.bank'),
    identityAlways: false,
  });
  writeOne(shop.start(), 'a');
  shop.close();
  const genuine = streamOf(rolled, 2);
  const forged = new StreamBuilder({
    label: 'vectors, forged',
    streamId: genuine.streamId,
    streamKey: ATTACKER,
    predecessor: {
      cause: 'roll',
      streamId: streamOf(rolled, 1).streamId,
      number: 8,
      hash: streamOf(rolled, 1).lastHash,
    },
  });
  writeOne(forged.open(), 'x').close();
  return [
    make(
      'own-key',
      'A whole stream under an identity that the policy does not list.',
      closed,
      [unproved('KEY_NOT_AUTHORISED', own.streamId), loss(own.streamId)],
      { files: new Map([[`${own.streamId}.ndjson`, own.bytes()]]) },
    ),
    make(
      'other-deployment',
      'A genuine stream of a deployment that the policy does not list, under the same key pair.',
      shop,
      [unproved('KEY_NOT_AUTHORISED', streamOf(shop).streamId)],
    ),
    make(
      'forged-successor',
      'The stream that a close record names, written anew under the attacker\u2019s key.',
      rolled,
      [t('KEY_NOT_AUTHORISED', genuine.streamId), loss(streamOf(rolled, 1).streamId)],
      { files: byName(rolled).set(`${genuine.streamId}.ndjson`, forged.bytes()) },
    ),
    make(
      'no-policy',
      'The closed stream without a trust policy.',
      closed,
      [unproved('NO_TRUST_POLICY'), loss(streamOf(closed).streamId)],
      {
        trust: null,
      },
    ),
    make('nothing', 'An empty file.', closed, [unproved('ZERO_RECORDS')], {
      files: new Map([['empty.ndjson', Buffer.alloc(0)]]),
    }),
  ];
}
