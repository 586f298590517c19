// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  describeImport,
  type Import,
  importsOf,
  isRelative,
  readSource,
  resolveRelative,
  root,
  runtimeImports,
  sourceFiles,
} from './module-graph.ts';

interface Boundary {
  dependencies?: readonly string[];
  peers?: readonly string[];
  /** What any file of the package may load; a name that ends in `*` allows what starts like it. */
  may: readonly string[];
  /** What one file may load beyond that. */
  mayIn?: Readonly<Record<string, readonly string[]>>;
  /** Types of anything, since they are gone after compilation. */
  anyType?: boolean;
}

const CORE = ['@stepseal/core/format', '@stepseal/core/semconv'];
const API = '@opentelemetry/api';

/** What each package may depend on and load. The private testkit is for tests and examples: no row allows it. */
const BOUNDARIES: Readonly<Record<string, Boundary>> = {
  core: { may: ['node:crypto'] },
  processor: {
    dependencies: ['@stepseal/core'],
    peers: [API, '@opentelemetry/sdk-logs'],
    may: ['node:*', ...CORE, API, '@opentelemetry/sdk-logs'],
  },
  instrumentation: {
    dependencies: ['@stepseal/core', '@stepseal/processor', 'import-in-the-middle', 'require-in-the-middle'],
    peers: [API],
    may: ['node:*', '@stepseal/core/semconv', API],
    mayIn: {
      'library-hooks.ts': ['import-in-the-middle', 'require-in-the-middle'],
      'register.ts': ['@stepseal/processor', '@stepseal/processor/config', '@stepseal/processor/keys'],
    },
    anyType: true,
  },
  verifier: {
    dependencies: ['@stepseal/core'],
    peers: ['@elastic/elasticsearch'],
    may: ['node:*', ...CORE],
    anyType: true,
  },
  elastic: {
    dependencies: ['@elastic/elasticsearch'],
    may: ['node:fs', 'node:module', '@elastic/elasticsearch'],
    mayIn: { 'kibana/connect-kibana.ts': ['node:http', 'node:https'] },
  },
  cli: {
    dependencies: ['@stepseal/core', '@stepseal/elastic', '@stepseal/processor', '@stepseal/verifier'],
    may: [
      'node:*',
      ...CORE,
      '@stepseal/elastic',
      '@stepseal/processor',
      '@stepseal/processor/config',
      '@stepseal/processor/data',
      '@stepseal/processor/delivery',
      '@stepseal/processor/keys',
      '@stepseal/verifier',
      '@stepseal/verifier/elasticsearch',
    ],
  },
  testkit: { dependencies: ['@stepseal/core'], may: ['node:*', ...CORE] },
};

/** Calls of node:crypto that need or make a private key. */
const PRIVATE_KEY_CALLS = [
  'Sign',
  'createPrivateKey',
  'createSign',
  'decapsulate',
  'diffieHellman',
  'generateKeyPair',
  'generateKeyPairSync',
  'privateDecrypt',
  'privateEncrypt',
  'sign',
  'subtle',
  'webcrypto',
];

interface Manifest {
  name: string;
  private?: boolean;
  dependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

const folders = sourceFiles('packages/*/package.json').map((file) => file.split('/')[1] ?? '');

function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(root, 'packages', folder, 'package.json'), 'utf8'));
}

function filesOf(folder: string): string[] {
  return sourceFiles(`packages/${folder}/src/**/*.ts`);
}

function allows(names: readonly string[], specifier: string): boolean {
  return names.some((name) => (name.endsWith('*') ? specifier.startsWith(name.slice(0, -1)) : specifier === name));
}

test('every package has its row in the table', () => {
  expect(folders).toEqual(Object.keys(BOUNDARIES).sort());
});

describe.each(Object.entries(BOUNDARIES))('%s', (folder, boundary) => {
  test('package.json depends on what the architecture allows, and on nothing else', () => {
    const { dependencies, peerDependencies, optionalDependencies } = manifestOf(folder);
    expect(Object.keys(dependencies ?? {}).sort()).toEqual(boundary.dependencies ?? []);
    expect(Object.keys(peerDependencies ?? {}).sort()).toEqual(boundary.peers ?? []);
    expect(optionalDependencies).toBeUndefined();
  });

  test('no file imports what the architecture does not allow', () => {
    const isAllowed = (imported: Import): boolean => {
      if (imported.typeOnly && boundary.anyType) return true;
      const inFile = boundary.mayIn?.[imported.file.replace(`packages/${folder}/src/`, '')] ?? [];
      return allows([...boundary.may, ...inFile], imported.specifier);
    };
    const external = filesOf(folder)
      .flatMap(importsOf)
      .filter((imported) => !isRelative(imported));
    expect(external.filter((imported) => !isAllowed(imported)).map(describeImport)).toEqual([]);
  });

  test('no file reaches into another package by a relative path', () => {
    const outside = filesOf(folder)
      .flatMap(importsOf)
      .filter((imported) => isRelative(imported) && !resolveRelative(imported).startsWith(`packages/${folder}/src/`));
    expect(outside.map(describeImport)).toEqual([]);
  });
});

describe('the table', () => {
  test('packages do not depend on each other in a circle', () => {
    const order: string[] = [];
    const visit = (name: string, path: readonly string[]): void => {
      if (path.includes(name)) throw new Error(`circle: ${[...path, name].join(' -> ')}`);
      if (order.includes(name)) return;
      for (const dependency of Object.keys(manifestOf(folderOf(name)).dependencies ?? {})) {
        if (isOurs(dependency)) visit(dependency, [...path, name]);
      }
      order.push(name);
    };
    const names = folders.map((folder) => manifestOf(folder).name);
    const folderOf = (name: string): string => folders[names.indexOf(name)] ?? name;
    const isOurs = (name: string): boolean => names.includes(name);
    for (const name of names) visit(name, []);
    expect(order).toHaveLength(folders.length);
  });

  test('no published package needs a private one', () => {
    const unpublished = folders.map(manifestOf).flatMap((manifest) => (manifest.private ? [manifest.name] : []));
    const brought = folders
      .map(manifestOf)
      .filter((manifest) => !manifest.private)
      .flatMap(({ dependencies, peerDependencies }) => Object.keys({ ...dependencies, ...peerDependencies }));
    expect(brought.filter((name) => unpublished.includes(name))).toEqual([]);
  });
});

describe('what the table cannot say', () => {
  test.each(['config', 'data', 'keys'])(
    'processor/%s loads no OpenTelemetry, so that the CLI runs on Node 20',
    (entry) => {
      const loaded = runtimeImports(`packages/processor/src/${entry}/index.ts`, { dynamic: true });
      const wrong = loaded.filter(
        ({ specifier }) => specifier === 'node:module' || !allows(['node:*', ...CORE], specifier),
      );
      expect(wrong.map(describeImport)).toEqual([]);
      expect(loaded.length).toBeGreaterThan(0);
    },
  );

  test.each(['core', 'verifier'])('%s takes nothing from node:crypto that uses or makes a private key', (folder) => {
    const taken = filesOf(folder)
      .flatMap(importsOf)
      .filter(({ specifier }) => specifier === 'node:crypto')
      .flatMap(({ file, names }) => names.map((name) => ({ file, name })));
    // The whole module under one name would hide what is called.
    const forbidden = ['*', 'default', ...PRIVATE_KEY_CALLS];
    expect(taken.filter(({ name }) => forbidden.includes(name))).toEqual([]);
  });

  test.each(['core', 'verifier'])('%s loads no module past its import statements', (folder) => {
    const back =
      /\bgetBuiltinModule\b|\bcreateRequire\b|\brequire\s*\(|\b(?:globalThis|global)\.crypto\b|\bcrypto\.subtle\b/;
    expect(filesOf(folder).filter((file) => back.test(readSource(file)))).toEqual([]);
  });

  test('stepseal starts without the verifier, which only some commands need', () => {
    const loaded = runtimeImports('packages/cli/src/main.ts', { dynamic: false });
    // Every command reads the configuration; its two entries load nothing heavy.
    const always = ['node:*', '@stepseal/processor/config', '@stepseal/processor/keys'];
    expect(loaded.filter(({ specifier }) => !allows(always, specifier)).map(describeImport)).toEqual([]);
  });

  test('no service of the example knows of Stepseal', () => {
    const services = sourceFiles('examples/*/services/**/*.{mjs,js,ts}');
    const known = services.flatMap(importsOf).filter(({ specifier }) => /stepseal|opentelemetry/.test(specifier));
    expect(known.map(describeImport)).toEqual([]);
  });
});
