// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { verify } from 'node:crypto';
import { appendFileSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isNoteLine, MerkleTree, parsePayload, recordHash } from '@stepseal/core/format';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readSignatures, SIGNATURE_LINE_BYTES, signaturesPath } from '../src/record-signature-file.ts';
import { RecordSigner } from '../src/record-signer.ts';
import type { SealedLogRecord } from '../src/sealed-record.ts';
import { newStreamKey } from '../src/stream-key.ts';
import { runProgram } from './support/run-program.ts';
import { DEPLOYMENT, temporaryDirectory, testPipeline } from './support/test-pipeline.ts';

const SPKI = Buffer.from('302a300506032b6570032100', 'hex');

function segmentsIn(dataDir: string): string[] {
  return readdirSync(dataDir, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ndjson') && !name.endsWith('set-aside.ndjson'))
    .map((name) => join(dataDir, name))
    .sort();
}

function payloadsOf(path: string): Buffer[] {
  const lines = readFileSync(path, 'latin1').split('\n').slice(0, -1);
  return lines.map((line) => Buffer.from(line, 'latin1')).filter((line) => !isNoteLine(line));
}

/** As anybody would check it who has only Node's cryptography and the key that the stream's first record names. */
function isSignedBy(vkey: string, payload: Uint8Array, signature: Uint8Array): boolean {
  const raw = Buffer.from(vkey.split('+').slice(2).join('+'), 'base64').subarray(1);
  return verify(null, payload, { key: Buffer.concat([SPKI, raw]), format: 'der', type: 'spki' }, signature);
}

function vkeyOf(payloads: readonly Buffer[]): string {
  const vkey = parsePayload(payloads[0] as Buffer).attributes.get('stepseal.stream.vkey')?.value;
  return typeof vkey === 'string' ? vkey : '';
}

describe('with record signatures on', () => {
  test('every record of every stream has the signature of its stream key beside it, over rolls', async () => {
    const dataDir = temporaryDirectory();
    const pipeline = testPipeline(dataDir, {
      seal: { recordSignatures: true, maxRecords: 16 },
      roll: { maxBytes: 40_000 },
    });
    for (let i = 0; i < 100; i++) {
      pipeline.emit(`id-${i}`);
      if (i % 10 === 0) await pipeline.forceFlush();
    }
    await pipeline.shutdown();
    expect(pipeline.diagnostics).toEqual([]);
    const segments = segmentsIn(dataDir);
    expect(segments.length).toBeGreaterThan(1);
    for (const path of segments) {
      const payloads = payloadsOf(path);
      const vkey = vkeyOf(payloads);
      const signatures = (await readSignatures(path, 1, payloads.length)) ?? [];
      const good = payloads.filter((payload, i) => isSignedBy(vkey, payload, signatures[i] ?? new Uint8Array(64)));
      expect(good.length).toBe(payloads.length);
      expect(statSync(signaturesPath(path)).mode & 0o777).toBe(statSync(path).mode & 0o777);
    }
  });

  test('records leave with their signatures, under a Resource that names the algorithm', async () => {
    const dataDir = temporaryDirectory();
    const exported: SealedLogRecord[] = [];
    const exporter = {
      export: (records: SealedLogRecord[], done: (result: { code: number }) => void) => {
        exported.push(...records);
        done({ code: 0 });
      },
      shutdown: () => Promise.resolve(),
    };
    const pipeline = testPipeline(dataDir, { exporter, seal: { recordSignatures: true } });
    pipeline.emit('a');
    await pipeline.forceFlush();
    await pipeline.shutdown();
    const texts = exported.map(({ attributes }) => String(attributes['audit.integrity.payload']));
    const vkey = vkeyOf(texts.map((text) => Buffer.from(text)));
    expect(exported.length).toBeGreaterThan(3);
    for (const { attributes, resource } of exported) {
      const payload = Buffer.from(String(attributes['audit.integrity.payload']));
      expect(isSignedBy(vkey, payload, Buffer.from(String(attributes['audit.integrity.value']), 'base64'))).toBe(true);
      expect(resource.attributes['audit.integrity.algorithm']).toBe('EdDSA');
    }
  });

  test('a signature file that is deleted or full of rubbish costs the signatures and nothing else', async () => {
    const dataDir = temporaryDirectory();
    const pipeline = testPipeline(dataDir, { seal: { recordSignatures: true } });
    pipeline.emit('a');
    await pipeline.shutdown();
    const [path = ''] = segmentsIn(dataDir);
    rmSync(signaturesPath(path), { force: true });
    expect(await readSignatures(path, 1, 3)).toBeUndefined();
    writeFileSync(signaturesPath(path), `${'A'.repeat(86)}==\n${'!'.repeat(88)}\nAAAA`);
    expect(await readSignatures(path, 1, 3)).toEqual([Buffer.alloc(64), undefined, undefined]);
  });
});

test('what is preloaded into threads, as the register entry is, does not run in the one that signs', async () => {
  const preloaded = join(temporaryDirectory(), 'threads');
  const preload = new URL('./fixtures/preload.mjs', import.meta.url).href;
  const { code, dataDir, stderr } = await runProgram('signing', {
    env: { NODE_OPTIONS: `--import ${preload}`, PRELOADED: preloaded },
  });
  expect([code, stderr]).toEqual([0, '']);
  expect(readFileSync(preloaded, 'utf8')).toBe('0\n');
  const [path = ''] = segmentsIn(dataDir);
  const payloads = payloadsOf(path);
  expect(statSync(signaturesPath(path)).size).toBe(payloads.length * SIGNATURE_LINE_BYTES);
});

test('without the option there is no signature and no file for them', async () => {
  const dataDir = temporaryDirectory();
  const pipeline = testPipeline(dataDir);
  pipeline.emit('a');
  await pipeline.shutdown();
  expect(
    readdirSync(dataDir, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.signatures')),
  ).toEqual([]);
});

describe('the signer', () => {
  const payload = (text: string): string => `{"body":{"stringValue":"${text}"}}`;

  function segment(lines: readonly string[]): { path: string; signer: RecordSigner; vkey: string } {
    const path = join(temporaryDirectory(), 's.ndjson');
    writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
    const key = newStreamKey(DEPLOYMENT);
    const signer = new RecordSigner(path, key.privateKey);
    onTestFinished(() => signer.close());
    return { path, signer, vkey: key.vkey };
  }

  function rootOf(lines: readonly string[]): string {
    const tree = new MerkleTree();
    for (const line of lines) tree.append(recordHash(Buffer.from(line)));
    return tree.root();
  }

  test('signs nothing that somebody else has put into the file', () => {
    const mine = [payload('a'), payload('b')];
    const { path, signer } = segment([mine[0] as string, payload('forged')]);
    expect(() => signer.signTo(2, rootOf(mine))).toThrow('does not hold what was written');
    expect(readFileSync(signaturesPath(path), 'utf8')).toBe('');
  });

  test('does not wait for a file that somebody has shortened', () => {
    const { signer } = segment([payload('a')]);
    expect(() => signer.signTo(2, rootOf([payload('a'), payload('b')]))).toThrow('shorter');
  });

  test('goes on where it was, over notes, records behind a note and lines longer than its buffer', async () => {
    const lines = [payload('a'), payload('ü'), payload('x'.repeat(1_500_000)), payload('c')];
    const { path, signer, vkey } = segment([lines[0] as string, lines[1] as string, '{"note":"n"}']);
    signer.signTo(1, rootOf(lines.slice(0, 1)));
    appendFileSync(path, `${lines[2]}\n${lines[3]}\n`);
    signer.signTo(3, rootOf(lines.slice(0, 3)));
    signer.signTo(4, rootOf(lines));
    const signatures = (await readSignatures(path, 1, 5)) ?? [];
    expect(lines.map((line, i) => isSignedBy(vkey, Buffer.from(line), signatures[i] as Buffer))).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(signatures[4]).toBeUndefined();
    truncateSync(signaturesPath(path), 100);
    expect((await readSignatures(path, 2, 1))?.[0]).toBeUndefined();
  });
});
