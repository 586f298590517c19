// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/config/errors.ts';
import { type LoadConfigOptions, loadConfig } from '../../src/config/load-config.ts';
import { SETTINGS, type Setting } from '../../src/config/settings.ts';

const root = mkdtempSync(join(tmpdir(), 'stepseal-config-'));
let cwd = root;
afterAll(() => rmSync(root, { recursive: true }));
beforeEach(() => {
  cwd = mkdtempSync(join(root, 'case-'));
});

function load(options: Omit<LoadConfigOptions, 'cwd'> = {}): ReturnType<typeof loadConfig> {
  return loadConfig({ env: {}, cwd, ...options });
}

function writeConfig(text: string | object): void {
  writeFileSync(join(cwd, 'stepseal.config.json'), typeof text === 'string' ? text : JSON.stringify(text));
}

function problemsOf(options: Omit<LoadConfigOptions, 'cwd'> = {}): readonly { code: string; message: string }[] {
  try {
    load(options);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

function valueAt(config: object, key: string): unknown {
  return key.split('.').reduce<unknown>((node, part) => (node as Record<string, unknown>)[part], config);
}

/** Three different good values of a setting: as text, and as the file holds it. */
function samples({ key, type }: Setting): { text: string; value: unknown }[] {
  switch (type.kind) {
    case 'boolean':
      return [true, false, true].map((value) => ({ text: String(value), value }));
    case 'integer':
      return [type.min, type.max - 1, type.min + 1].map((value) => ({ text: String(value), value }));
    case 'path':
      return ['/a/1', '/a/2', '/a/3'].map((value) => ({ text: value, value }));
    case 'text': {
      const texts = key.startsWith('delivery.')
        ? ['http://one/v1/logs', 'https://two:4318/x', 'none']
        : ['one', 'two/eu-1', 'three.x'];
      return texts.map((value) => ({ text: value, value }));
    }
    case 'choice':
      return [type.values[0], type.values[1], type.values[0]].map((value) => ({ text: value, value }));
    case 'list': {
      const items =
        key === 'client.trustedProxies'
          ? ['10.0.0.0/8', '::1', 'fe80::/10']
          : ['client.country', 'client.locality', 'identity.deviceKnown'].includes(key)
            ? ['req.user.id', 'header.x-one', 'header.x-two']
            : ['req.user.id', 'token.sub', 'cookie.sid'];
      return items.map((value) => ({ text: value, value: [value] }));
    }
  }
}

describe('precedence', () => {
  it.each(SETTINGS.map((setting) => [setting.key, setting] as const))(
    '%s: flag, variable, file, default',
    (key, setting) => {
      const [flag, variable, file] = samples(setting) as [
        { text: string; value: unknown },
        { text: string; value: unknown },
        { text: string; value: unknown },
      ];
      const [group = '', member] = key.split('.');
      // Another bound of the pair would be out of step otherwise.
      const heartbeat = key === 'seal.intervalMs' || key === 'seal.heartbeatMs' ? { intervalMs: 10 } : {};
      const inFile = { [group]: member === undefined ? file.value : { ...heartbeat, [member]: file.value } };
      const argv = [`--${setting.flag}=${flag.text}`];
      const env = { [setting.variable]: variable.text };

      const fallback = load();
      expect(fallback.origins.get(key)).toEqual({ kind: 'default', name: 'default' });
      writeConfig(inFile);
      const fromFile = load();
      expect(valueAt(fromFile, key)).toEqual(file.value);
      expect(fromFile.origins.get(key)).toEqual({ kind: 'file', name: join(cwd, 'stepseal.config.json') });
      const fromVariable = load({ env });
      expect(valueAt(fromVariable, key)).toEqual(variable.value);
      expect(fromVariable.origins.get(key)).toEqual({ kind: 'variable', name: setting.variable });
      const fromFlag = load({ env, argv });
      expect(valueAt(fromFlag, key)).toEqual(flag.value);
      expect(fromFlag.origins.get(key)).toEqual({ kind: 'flag', name: `--${setting.flag}` });
    },
  );

  it('an empty variable counts as unset', () => {
    expect(load({ env: { STEPSEAL_DEPLOYMENT: '' } }).deployment).toBe('local');
  });

  it('the last of two flags counts, and a boolean one can be negated', () => {
    expect(load({ argv: ['--required', '--no-required'] }).required).toBe(false);
    expect(load({ argv: ['--deployment', 'a', '--deployment=b'] }).deployment).toBe('b');
  });
});

describe('paths', () => {
  it('of the file are relative to the file, others to the current directory; keys follow the data directory', () => {
    const elsewhere = mkdtempSync(join(root, 'file-'));
    writeFileSync(join(elsewhere, 'c.json'), JSON.stringify({ dataDir: 'data', keys: { identityFile: '../id.pem' } }));
    const config = load({ argv: ['--config', join(elsewhere, 'c.json')] });
    expect(config.dataDir).toBe(join(elsewhere, 'data'));
    expect(config.keys.identityFile).toBe(join(root, 'id.pem'));
    expect(config.keys.pseudonymFile).toBe(join(elsewhere, 'data/keys/pseudonym.key'));
    expect(load({ env: { STEPSEAL_DATA_DIR: 'x' } }).dataDir).toBe(join(cwd, 'x'));
  });

  it('a configuration file that was asked for and is missing is an error, a default one is not', () => {
    expect(load().file).toBeUndefined();
    expect(problemsOf({ env: { STEPSEAL_CONFIG_FILE: 'none.json' } })[0]?.code).toBe('CONFIG_UNREADABLE');
    expect(problemsOf({ file: 'none.json' })[0]?.code).toBe('CONFIG_UNREADABLE');
  });
});

describe('mistakes are named with place and remedy, all at once', () => {
  it.each([
    [{ dataDri: 'x' }, 'CONFIG_UNKNOWN_KEY', 'Did you mean dataDir?'],
    [{ datadir: 'x' }, 'CONFIG_UNKNOWN_KEY', 'Did you mean dataDir?'],
    [{ seal: { maxRecrods: 1 } }, 'CONFIG_UNKNOWN_KEY', 'Did you mean seal.maxRecords?'],
    [{ sael: { maxRecords: 1 } }, 'CONFIG_UNKNOWN_KEY', 'Did you mean seal?'],
    [{ zzzzzzz: 1 }, 'CONFIG_UNKNOWN_KEY', '`stepseal config`'],
    [{ 'seal.maxRecords': 1 }, 'CONFIG_UNKNOWN_KEY', 'Write it as "seal": { "maxRecords": … }.'],
    [{ seal: { maxRecords: '256' } }, 'CONFIG_WRONG_TYPE', 'a whole number of records from 1 to 256'],
    [{ seal: { maxRecords: 257 } }, 'CONFIG_OUT_OF_RANGE', 'from 1 to 256'],
    [{ seal: { maxRecords: 0.5 } }, 'CONFIG_OUT_OF_RANGE', 'from 1 to 256'],
    [{ seal: 5 }, 'CONFIG_WRONG_TYPE', 'an object of its settings'],
    [{ seal: { intervalMs: 1000, heartbeatMs: 999 } }, 'CONFIG_OUT_OF_RANGE', 'from 1000'],
    [{ required: 'yes' }, 'CONFIG_WRONG_TYPE', 'true or false'],
    [{ deployment: 'Bank EU' }, 'CONFIG_INVALID_VALUE', 'lower-case letters'],
    [{ dataDir: '' }, 'CONFIG_INVALID_VALUE', 'a path'],
    [{ identity: { user: 'req.user.id' } }, 'CONFIG_WRONG_TYPE', 'a list'],
    [{ identity: { user: ['user.id'] } }, 'CONFIG_INVALID_VALUE', 'req.user.id'],
    [{ client: { country: ['cookie.country'] } }, 'CONFIG_INVALID_VALUE', 'header.cf-ipcountry'],
    [{ identity: { deviceKnown: ['token.known'] } }, 'CONFIG_INVALID_VALUE', 'req.geo.country'],
    [{ commit: { policy: 'never' } }, 'CONFIG_INVALID_VALUE', 'strict or closed'],
    [{ commit: { policy: 1 } }, 'CONFIG_WRONG_TYPE', 'strict or closed'],
    [{ client: { trustedProxies: ['10.0.0.0/33'] } }, 'CONFIG_INVALID_VALUE', 'network'],
    [{ client: { trustedProxies: ['::1', '10.0.0.0/'] } }, 'CONFIG_INVALID_VALUE', 'Item 2 of "client.trustedProxies"'],
    [{ client: { trustedProxies: ['999.0.0.1'] } }, 'CONFIG_INVALID_VALUE', 'network'],
  ])('%j', (file, code, remedy) => {
    writeConfig(file);
    const [problem] = problemsOf();
    expect(problem?.code).toBe(code);
    expect(problem?.message).toContain(remedy);
    expect(problem?.message).toContain('stepseal.config.json');
  });

  it.each([
    ['{"a": }', 'line 1, column 7'],
    ['{\n  "dataDir": "a",\n  "dataDir": "b"\n}', 'line 3'],
    ['[]', 'JSON object'],
    ['', 'not valid JSON'],
  ])('text %j', (text, place) => {
    writeConfig(text);
    expect(problemsOf()).toEqual([{ code: 'CONFIG_MALFORMED', message: expect.stringContaining(place) }]);
  });

  it('a byte order mark and $schema do no harm', () => {
    writeConfig('\uFEFF{"$schema": "x", "deployment": "a"}');
    expect(load().deployment).toBe('a');
  });

  it('variables and flags, with the nearest name', () => {
    const problems = problemsOf({
      env: { STEPSEAL_DATADIR: 'x', STEPSEAL_REQUIRED: 'maybe', STEPSEAL_SEAL_MAX_RECORDS: '1e2' },
      argv: ['--sael-interval-ms=4', '--data-dir'],
    });
    expect(problems.map(({ code }) => code)).toEqual([
      'CONFIG_UNKNOWN_FLAG',
      'CONFIG_WRONG_TYPE',
      'CONFIG_UNKNOWN_VARIABLE',
      'CONFIG_WRONG_TYPE',
      'CONFIG_WRONG_TYPE',
    ]);
    expect(problems[0]?.message).toContain('--seal-interval-ms');
    expect(problems[2]?.message).toContain('STEPSEAL_DATA_DIR');
  });

  it('no value is ever repeated, since a secret may stand in the wrong place', () => {
    const secret = 'hunter2';
    writeConfig({ required: secret, deployment: `${secret}!`, identity: { user: [secret] } });
    const problems = problemsOf({
      env: { STEPSEAL_DEPLOYMNET: secret, STEPSEAL_SEAL_MAX_RECORDS: secret },
      argv: [`--seal-interval-ms=${secret}`, `--nonsense=${secret}`],
    });
    expect(problems).toHaveLength(7);
    expect(JSON.stringify(problems)).not.toContain(secret);
    writeConfig(`{"deployment": ${secret}}`);
    expect(JSON.stringify(problemsOf())).not.toContain(secret);
  });

  it('a variable that is like no setting is only warned of, since another tool may own it', () => {
    expect(load({ env: { STEPSEAL_OTHER_TOOL: 'hunter2' } }).warnings).toEqual([
      'CONFIG_UNKNOWN_VARIABLE: STEPSEAL_OTHER_TOOL is no setting and is left out.',
    ]);
  });

  it('what Kubernetes adds for a service called stepseal does not stop anything', () => {
    const env = {
      STEPSEAL_SERVICE_HOST: '10.0.0.1',
      STEPSEAL_SERVICE_PORT: '80',
      STEPSEAL_SERVICE_PORT_HTTP: '80',
      STEPSEAL_PORT: 'tcp://10.0.0.1:80',
      STEPSEAL_GATEWAY_PORT_4318_TCP_ADDR: '10.0.0.1',
    };
    expect(load({ env }).deployment).toBe('local');
  });

  it('what tells commands of Elasticsearch and Kibana is no unknown variable', () => {
    const env = {
      STEPSEAL_ELASTICSEARCH_URL: 'https://e',
      STEPSEAL_KIBANA_URL: 'https://k',
      STEPSEAL_KIBANA_SPACE: 's',
    };
    expect(load({ env }).warnings).toEqual([]);
  });
});

describe('the table and the Config type agree', () => {
  it('every setting is reachable in the resolved configuration', () => {
    const config = load();
    expect(SETTINGS.filter(({ key }) => valueAt(config, key) === undefined)).toEqual([]);
  });

  it('names of variables and flags are unique', () => {
    expect(new Set(SETTINGS.map(({ variable }) => variable)).size).toBe(SETTINGS.length);
    expect(new Set(SETTINGS.map(({ flag }) => flag)).size).toBe(SETTINGS.length);
  });
});
