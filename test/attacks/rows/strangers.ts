// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import {
  noteIndex,
  replaceAt,
  type SegmentLine,
  StreamBuilder,
  type TestKey,
  TestWriter,
  testKey,
} from '@stepseal/testkit';
import { later, trustText, withLines, writeBody, writeShort } from '../bases.ts';
import { own, type Row, type Variant } from '../variant.ts';
import { COLLIDING_LABELS } from './colliding-keys.ts';
import { ATTACKER, noteSigned, type Resigned } from './signed-notes.ts';

const named =
  (name: string): Resigned =>
  (text, lines, { stream }) => [
    ...lines.slice(0, -1),
    { name, keyId: stream.streamKey.keyId, signature: stream.streamKey.sign(text) },
  ];

/** A whole stream of another deployment or another key, alone, under a policy that trusts only the genuine one. */
function strange(options: {
  readonly deployment?: string;
  readonly identity: TestKey;
  readonly claimedDeployment?: string;
  readonly beside?: boolean;
  readonly identityClaim?: string;
  readonly trusted?: readonly TestKey[];
}): Variant {
  return own(() => {
    const genuine = new TestWriter({ label: 'attack/genuine' });
    writeShort(genuine);
    const forged = new StreamBuilder({
      label: 'attack/strange',
      identity: options.identity,
      ...(options.deployment === undefined ? {} : { deployment: options.deployment }),
      ...(options.claimedDeployment === undefined ? {} : { claimedDeployment: options.claimedDeployment }),
    });
    writeBody(forged.open()).close();
    const control = {
      sources: [genuine.files()],
      trust: trustText(...(options.trusted ?? [genuine.identity])),
      now: later(genuine),
    };
    const files = new Map([[`writers/0000000000000000/${forged.streamId}.ndjson`, forged.bytes()]]);
    return {
      control: { ...control, trust: trustText(genuine.identity) },
      attacked: { ...control, sources: [options.beside === true ? new Map([...genuine.files(), ...files]) : files] },
      streams: { target: forged.streamId },
    };
  });
}

/** Row 33. */
export const keyConfusion: Row = {
  'a part of the name': noteSigned(11, named('demo.ban')),
  'a longer name': noteSigned(11, named('demo.bank.example')),
  'a look-alike name': noteSigned(11, named('demo.b\u0430nk')),
  'name in capitals': noteSigned(11, named('DEMO.BANK')),
  'another key with the same name and key id': own(collidingNote),
  'whole stream under an identity with the trusted key id': own(collidingIdentity),
  'whole stream of a look-alike deployment': strange({
    deployment: 'demo.bank1',
    identity: testKey('demo.bank1', 'identity/demo.bank'),
  }),
  'whole stream of a deployment that is part of the name': strange({
    deployment: 'demo',
    identity: testKey('demo', 'identity/demo.bank'),
  }),
};

/** Two keys whose 32-bit ids are equal: the id is a hint, and only the key itself proves anything. */
function collidingNote() {
  const [genuine, attacker] = COLLIDING_LABELS.map((label) => testKey('demo.bank', label)) as [TestKey, TestKey];
  const identity = testKey('demo.bank', 'identity/demo.bank');
  const stream = new StreamBuilder({ label: 'attack/colliding', identity, streamKey: genuine });
  writeBody(stream.open()).close();
  const files = (lines: readonly SegmentLine[]) =>
    withLines(new Map(), `writers/0000000000000000/${stream.streamId}.ndjson`, lines);
  const common = { trust: trustText(identity), now: stream.clock.wallMs + 600_000 };
  const forged = replaceAt(stream.lines, noteIndex(stream.lines, 11), stream.noteFor(11, [attacker]));
  return {
    control: { ...common, sources: [files(stream.lines)] },
    attacked: { ...common, sources: [files(forged)] },
    streams: { target: stream.streamId },
  };
}

function collidingIdentity() {
  const [genuine, attacker] = COLLIDING_LABELS.map((label) => testKey('demo.bank', label)) as [TestKey, TestKey];
  const write = (identity: TestKey): TestWriter => {
    const writer = new TestWriter({ label: 'attack/colliding identity', identity });
    writeShort(writer);
    return writer;
  };
  const [honest, forged] = [write(genuine), write(attacker)];
  const common = { trust: trustText(genuine), now: later(honest) };
  return {
    control: { ...common, sources: [honest.files()] },
    attacked: { ...common, sources: [forged.files()] },
    streams: { target: forged.streams[0]?.stream.streamId ?? '' },
  };
}

/** Row 67. */
export const ownKeys: Row = {
  alone: strange({ identity: ATTACKER }),
  'beside a genuine stream': strange({ identity: ATTACKER, beside: true }),
  'with no identity at all': own(() => {
    const genuine = new TestWriter({ label: 'attack/genuine' });
    writeShort(genuine);
    const forged = new StreamBuilder({ label: 'attack/no identity' });
    writeBody(forged.open()).close();
    const control = { sources: [genuine.files()], trust: trustText(genuine.identity), now: later(genuine) };
    return {
      control,
      attacked: { ...control, sources: [new Map([['writers/00/forged.ndjson', forged.bytes()]])] },
      streams: { target: forged.streamId },
    };
  }),
};

const SHOP = testKey('demo.shop', 'identity/demo.bank');
const BANK = testKey('demo.bank', 'identity/demo.bank');

/** Row 68: the same key pair serves two deployments, and only one is trusted. */
export const otherDeployments: Row = {
  'genuine stream of the other deployment': strange({ deployment: 'demo.shop', identity: SHOP }),
  'open record claims the trusted deployment, notes say the other': strange({
    deployment: 'demo.shop',
    identity: SHOP,
    claimedDeployment: 'demo.bank',
  }),
  'open record says the other deployment, notes claim the trusted one': strange({
    identity: BANK,
    claimedDeployment: 'demo.shop',
  }),
  'beside a genuine stream': strange({ deployment: 'demo.shop', identity: SHOP, beside: true }),
};
