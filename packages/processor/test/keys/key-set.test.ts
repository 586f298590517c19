// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { createHash, generateKeyPairSync, verify } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseVkey, verifySignature } from '@stepseal/core/format';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load-config.ts';
import { KeyError } from '../../src/keys/errors.ts';
import { createKeys, type KeySet, loadOrCreateKeys } from '../../src/keys/key-set.ts';

const root = mkdtempSync(join(tmpdir(), 'stepseal-keys-'));
let cwd = root;
let keys = '';
afterAll(() => rmSync(root, { recursive: true }));
beforeEach(() => {
  cwd = mkdtempSync(join(root, 'case-'));
  keys = join(cwd, '.stepseal', 'keys');
});

function load(env: NodeJS.ProcessEnv = {}, create = true): KeySet {
  return loadOrCreateKeys(loadConfig({ cwd, env }), { create });
}

function errorOf(action: () => unknown): KeyError {
  try {
    action();
  } catch (error) {
    if (error instanceof KeyError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('a first start', () => {
  it('makes three keys, says where, and every later start reads the same ones', () => {
    const first = load();
    expect(first.createdIn).toBe(keys);
    expect(first.warnings).toEqual([]);
    const second = load();
    expect(second.createdIn).toBeUndefined();
    expect(second).toMatchObject({
      fingerprint: first.fingerprint,
      pseudonym: first.pseudonym,
      correlation: first.correlation,
    });
    expect(readdirSync(keys).sort()).toEqual(['.gitignore', 'correlation.key', 'identity.pem', 'pseudonym.key']);
  });

  it('lets only the owner read the directory and the files', () => {
    load();
    expect(statSync(keys).mode & 0o777).toBe(0o700);
    const files = ['identity.pem', 'pseudonym.key', 'correlation.key'];
    expect(files.map((file) => statSync(join(keys, file)).mode & 0o777)).toEqual([0o600, 0o600, 0o600]);
  });

  it('that was cut short is completed, with the keys that were made kept', () => {
    load();
    const correlation = readFileSync(join(keys, 'correlation.key'));
    rmSync(join(keys, 'identity.pem'));
    rmSync(join(keys, 'pseudonym.key'));
    expect(load().createdIn).toBe(keys);
    expect(readFileSync(join(keys, 'correlation.key'))).toEqual(correlation);
  });
});

describe('no key is made up', () => {
  it.each([
    ['required is set', { STEPSEAL_REQUIRED: '1' }],
    ['the identity is configured', { STEPSEAL_IDENTITY_KEY_FILE: 'mounted/identity.pem' }],
    ['the correlation key is configured', { STEPSEAL_CORRELATION_KEY_FILE: 'mounted/correlation.key' }],
    ['the pseudonym key is configured', { STEPSEAL_PSEUDONYM_KEY_FILE: 'mounted/pseudonym.key' }],
  ])('when %s', (_when, env) => {
    expect(errorOf(() => load(env)).code).toBe('KEY_MISSING');
    expect(existsSync(join(cwd, '.stepseal'))).toBe(false);
    expect(existsSync(join(cwd, 'mounted'))).toBe(false);
  });

  it.each(['correlation.key', 'pseudonym.key'])('when %s was lost beside an identity in use', (file) => {
    load();
    rmSync(join(keys, file));
    const error = errorOf(() => load());
    expect(error.code).toBe('KEY_MISSING');
    expect(error.message).toContain('restore it');
    expect(existsSync(join(keys, file))).toBe(false);
  });

  it('when the caller only reads', () => {
    expect(errorOf(() => load({}, false)).code).toBe('KEY_MISSING');
    expect(existsSync(join(cwd, '.stepseal'))).toBe(false);
  });
});

describe('the signer', () => {
  it('signs what its vkey verifies, in the thread pool and synchronously', async () => {
    const { identity, fingerprint } = load({ STEPSEAL_DEPLOYMENT: 'bank/eu-1' });
    const key = parseVkey(identity.vkey);
    expect(key.name).toBe('bank/eu-1');
    expect(key.fingerprint).toBe(fingerprint);
    const message = Buffer.from('a note\n');
    const signature = await identity.sign(message);
    expect(verifySignature(key, message, signature)).toBe(true);
    expect(Buffer.from(identity.signSync(message))).toEqual(Buffer.from(signature));
  });

  it('uses the key that OpenSSL reads from the same file', () => {
    const { identity } = load();
    const pem = readFileSync(join(keys, 'identity.pem'), 'utf8');
    const message = Buffer.from('x');
    expect(verify(null, message, pem, identity.signSync(message))).toBe(true);
  });

  it('keeps the private key out of what can be printed', () => {
    const set = load();
    const der = Buffer.from(readFileSync(join(keys, 'identity.pem'), 'utf8').split('\n')[1] ?? '', 'base64').subarray(
      -32,
    );
    expect(JSON.stringify(set.identity)).not.toContain(der.toString('base64'));
    expect(set.fingerprint).toBe(createHash('sha256').update(parseVkey(set.identity.vkey).publicKey).digest('hex'));
  });
});

describe('a bad key file is named with its remedy, and its content never repeated', () => {
  const secret = 'hunter2hunter2hunter2hunter2hunter2';
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' });
  const encrypted = generateKeyPairSync('ed25519').privateKey.export({
    type: 'pkcs8',
    format: 'pem',
    cipher: 'aes-256-cbc',
    passphrase: 'x',
  });
  const publicPem = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' });

  it.each([
    ['identity.pem', '', 'KEY_MALFORMED'],
    ['identity.pem', secret, 'KEY_MALFORMED'],
    ['identity.pem', `-----BEGIN PRIVATE KEY-----\n${secret}\n-----END PRIVATE KEY-----\n`, 'KEY_MALFORMED'],
    ['identity.pem', publicPem, 'KEY_MALFORMED'],
    ['identity.pem', encrypted, 'KEY_MALFORMED'],
    ['identity.pem', rsa, 'KEY_NOT_ED25519'],
    ['identity.pem', 'x'.repeat(20_000), 'KEY_MALFORMED'],
    ['pseudonym.key', '', 'KEY_WRONG_LENGTH'],
    ['pseudonym.key', secret, 'KEY_MALFORMED'],
    ['pseudonym.key', `${Buffer.alloc(31, 1).toString('base64')}\n`, 'KEY_WRONG_LENGTH'],
    ['correlation.key', `${Buffer.alloc(64, 1).toString('base64')}\n`, 'KEY_WRONG_LENGTH'],
    ['correlation.key', `${Buffer.alloc(32, 1).toString('base64')}\n\n`, 'KEY_MALFORMED'],
    ['correlation.key', Buffer.alloc(32, 1).toString('hex'), 'KEY_WRONG_LENGTH'],
  ])('%s holding %j', (file, text, code) => {
    load();
    writeFileSync(join(keys, file), text);
    const error = errorOf(() => load());
    expect(error.code).toBe(code);
    expect(error.file).toBe(join(keys, file));
    expect(`${error.message}${error.stack}${String(error.cause)}`).not.toContain(secret);
  });

  it('a key without a newline, or with one of Windows, is read', () => {
    const { pseudonym } = load();
    for (const end of ['', '\r\n']) {
      writeFileSync(join(keys, 'pseudonym.key'), `${Buffer.from(pseudonym).toString('base64')}${end}`);
      expect(load().pseudonym).toEqual(pseudonym);
    }
  });

  it('one key for two purposes is refused', () => {
    load();
    writeFileSync(join(keys, 'pseudonym.key'), readFileSync(join(keys, 'correlation.key')));
    expect(errorOf(() => load()).code).toBe('KEY_REUSED');
  });

  it.each([
    [0o666, 'KEY_MODE'],
    [0o620, 'KEY_MODE'],
    [0o602, 'KEY_MODE'],
  ])('mode %o, which lets others put their own key there, is refused', (mode, code) => {
    load();
    chmodSync(join(keys, 'identity.pem'), mode);
    expect(errorOf(() => load()).code).toBe(code);
  });

  it('a key that everybody can read is warned of; the group of a mounted secret may read', () => {
    load();
    chmodSync(join(keys, 'identity.pem'), 0o640);
    expect(load().warnings).toEqual([]);
    chmodSync(join(keys, 'identity.pem'), 0o644);
    expect(load().warnings).toEqual([expect.stringMatching(/^KEY_MODE: .*identity\.pem.*chmod 600/)]);
  });

  it('a directory in the place of a key is refused, a symbolic link to one (as secrets are mounted) is followed', () => {
    const { fingerprint } = load();
    const mounted = join(cwd, 'mounted');
    mkdirSync(mounted);
    writeFileSync(join(mounted, 'data'), readFileSync(join(keys, 'identity.pem')), { mode: 0o440 });
    symlinkSync('data', join(mounted, 'identity.pem'));
    const env = { STEPSEAL_IDENTITY_KEY_FILE: 'mounted/identity.pem' };
    expect(load(env).fingerprint).toBe(fingerprint);
    expect(errorOf(() => load({ STEPSEAL_IDENTITY_KEY_FILE: 'mounted' })).code).toBe('KEY_NOT_A_FILE');
  });

  it('a place that cannot be written is named', () => {
    writeFileSync(join(cwd, '.stepseal'), 'a file, not a directory');
    expect(errorOf(() => load()).code).toBe('KEY_NOT_WRITABLE');
  });
});

describe('createKeys', () => {
  it('never overwrites, and writes nothing when one of the three is there', () => {
    const { fingerprint } = createKeys(keys);
    expect(load().fingerprint).toBe(fingerprint);
    expect(errorOf(() => createKeys(keys)).code).toBe('KEY_EXISTS');
    rmSync(join(keys, 'identity.pem'));
    expect(errorOf(() => createKeys(keys)).code).toBe('KEY_EXISTS');
    expect(existsSync(join(keys, 'identity.pem'))).toBe(false);
    expect(load().fingerprint).not.toBe(fingerprint);
  });
});
