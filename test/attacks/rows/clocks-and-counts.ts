// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { type StreamBuilder, TestWriter, writeOne } from '@stepseal/testkit';
import { later, trustText } from '../bases.ts';
import type { Expected } from '../scenario.ts';
import { own, type Row, type Variant } from '../variant.ts';

/** One writer whose body lies, or meets, what the row is about; the control is the same without it. */
function told(
  label: string,
  body: (stream: StreamBuilder, told: boolean) => void,
  controlExpected?: Expected,
): Variant {
  return own(() => {
    const write = (tell: boolean): TestWriter => {
      const writer = new TestWriter({ label: `attack/${label}` });
      body(writer.start(), tell);
      return writer.close();
    };
    const [honest, other] = [write(false), write(true)];
    const common = { trust: trustText(honest.identity) };
    return {
      control: { ...common, sources: [honest.files()], now: later(honest) },
      attacked: { ...common, sources: [other.files()], now: later(other) },
      streams: { target: other.streams[0]?.stream.streamId ?? '' },
      ...(controlExpected === undefined ? {} : { controlExpected }),
    };
  });
}

const setBack = (ms: number): Variant =>
  told(`clock ${ms}`, (stream, tell) => {
    writeOne(stream, '1').seal();
    stream.clock.advance(1_000);
    stream.clock.setWallBy(tell ? -ms : 0);
    writeOne(stream, '2').seal();
    stream.clock.advance(1_000);
    writeOne(stream, '3').seal();
  });

/** Row 44. The second seal, record 5, tells an earlier time than the first. */
export const clocks: Row = {
  'by three seconds': setBack(3_000),
  'by an hour': setBack(3_600_000),
  'by less than passed meanwhile': setBack(500),
};

const totals = (label: string, refusedTotal: number): Variant =>
  told(`counts ${label}`, (stream, tell) => {
    writeOne(stream, '1').gap({ count: 2 }).seal();
    stream.clock.advance(1_000);
    writeOne(stream, '2')
      .gap({ count: 3 })
      .seal(tell ? { refusedTotal } : {});
    stream.clock.advance(1_000);
    writeOne(stream, '3').seal();
  });

/** Row 47. Seal 7 stands behind gaps of two and three. */
export const counts: Row = {
  'too high': totals('high', 6),
  'too low': totals('low', 2),
  zero: totals('zero', 0),
  'wrong in the close record': own(() => {
    const write = (refusedTotal: number): TestWriter => {
      const writer = new TestWriter({ label: 'attack/counts close' });
      const stream = writeOne(writer.start(), '1').gap({ count: 2 });
      stream.close({ refusedTotal });
      return writer;
    };
    const [honest, other] = [write(2), write(1)];
    const common = { trust: trustText(honest.identity), now: later(honest) };
    return {
      control: { ...common, sources: [honest.files()] },
      attacked: { ...common, sources: [other.files()] },
      streams: { target: other.streams[0]?.stream.streamId ?? '' },
    };
  }),
};

const silent = (ms: number): Variant =>
  told(`heartbeat ${ms}`, (stream, tell) => {
    writeOne(stream, '1').seal().heartbeat();
    stream.clock.advance(tell ? ms : 60_000);
    stream.seal().heartbeat();
    writeOne(stream, '2');
  });

/** Row 48. Sealing records 4 and 5 are that far apart. */
export const heartbeats: Row = {
  '90.001 seconds': silent(90_001),
  'one hour': silent(3_600_000),
  'exactly 90 seconds': silent(90_000),
  'the wall clock jumped, the monotonic one did not': told('heartbeat wall', (stream, tell) => {
    writeOne(stream, '1').seal().heartbeat();
    stream.clock.setWallBy(tell ? 3_600_000 : 0);
    stream.heartbeat().heartbeat();
  }),
};
