// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { afterEach, describe, expect, test } from 'vitest';
import { StepUpInstrumentation } from '../src/instrumentation.ts';
import type { OnLoad } from '../src/library-hooks.ts';
import type { ProblemCode, StepUpInstrumentationConfig } from '../src/types.ts';

const KEYS = { pseudonymKey: Buffer.alloc(32, 1), correlationKey: Buffer.alloc(32, 2) };
let instrumentation: StepUpInstrumentation;
let told: [ProblemCode, string][];
let onLoad: OnLoad;

afterEach(() => {
  instrumentation.disable();
});

function instrument(config: Partial<StepUpInstrumentationConfig> = {}): void {
  told = [];
  const hookModules = (_names: readonly string[], given: OnLoad): void => {
    onLoad = given;
  };
  instrumentation = new StepUpInstrumentation(
    { ...KEYS, onProblem: (code, message) => told.push([code, message]), ...config },
    { hookModules },
  );
}

/** What the hook does when the application loads the library. */
function load(moduleExports: object, version: string): unknown {
  return onLoad(moduleExports, '@simplewebauthn/server', version);
}

describe('an application that loads the library gets', () => {
  test.each(['9.0.0', '12.0.1', '15.0.0', '130.0.0', 'unknown'])(
    'what it asked for in version %s, and the operator is told that nothing of it is recorded',
    (version) => {
      instrument();
      const library = { verifyAuthenticationResponse: () => undefined };
      expect(load(library, version)).toBe(library);
      expect(told).toEqual([['LIBRARY_NOT_SUPPORTED', expect.stringContaining(`${version} is not observed`)]]);
    },
  );

  test.each(['13.0.0', '14.0.3'])('the observed one in version %s', (version) => {
    instrument();
    const library = { verifyAuthenticationResponse: () => undefined };
    expect(load(library, version)).not.toBe(library);
    expect(told).toEqual([]);
  });

  test('what it asked for where the library cannot be wrapped', () => {
    instrument();
    const library = {
      get verifyAuthenticationResponse(): never {
        throw new Error('not now');
      },
    };
    expect(load(library, '14.0.3')).toBe(library);
    expect(told.map(([code]) => code)).toEqual(['CAPTURE_FAILED']);
  });
});

describe('what the application has loaded is known by name and version:', () => {
  const loadAll = (versions: Record<string, string>): void => {
    for (const [name, version] of Object.entries(versions)) onLoad({ verify: () => undefined }, name, version);
  };

  test('otplib 13, of which several modules are hooked', () => {
    instrument();
    loadAll({ otplib: '13.5.0', '@otplib/core': '13.5.0', '@otplib/totp': '13.5.0', '@otplib/hotp': '13.5.0' });
    expect(instrumentation.libraries).toEqual([{ library: 'otplib', version: '13.5.0', observed: true }]);
    expect(told).toEqual([]);
  });

  test('otplib 12, whose checks are all in one', () => {
    instrument();
    loadAll({ otplib: '12.0.1', '@otplib/core': '12.0.1' });
    expect(instrumentation.libraries).toEqual([{ library: 'otplib', version: '12.0.1', observed: true }]);
  });

  test('versions that cannot be observed, each library in a line of its own', () => {
    instrument();
    loadAll({ otplib: '11.0.1', '@otplib/totp': '14.0.0', '@simplewebauthn/server': '9.0.0' });
    expect(instrumentation.libraries).toEqual([
      { library: 'otplib', version: '11.0.1', observed: false },
      { library: 'otplib', version: '14.0.0', observed: false },
      { library: '@simplewebauthn/server', version: '9.0.0', observed: false },
    ]);
    expect(told).toEqual([
      ['LIBRARY_NOT_SUPPORTED', expect.stringMatching(/^otplib 11\.0\.1 is not observed.*Use version 12 or 13\.$/)],
      ['LIBRARY_NOT_SUPPORTED', expect.stringContaining('otplib 14.0.0')],
      ['LIBRARY_NOT_SUPPORTED', expect.stringContaining('@simplewebauthn/server 9.0.0')],
    ]);
  });

  test('a library that could not be wrapped', () => {
    instrument();
    const broken = {
      get verify(): never {
        throw new Error('not now');
      },
    };
    expect(onLoad(broken, '@otplib/totp', '13.5.0')).toBe(broken);
    onLoad({}, '@otplib/hotp', '13.5.0');
    expect(instrumentation.libraries).toEqual([{ library: 'otplib', version: '13.5.0', observed: false }]);
  });
});

describe('options that cannot be used are reported and never thrown:', () => {
  test.each([
    ['a key that is too short', { pseudonymKey: Buffer.alloc(16) }, 'pseudonymKey'],
    ['a key that is text', { correlationKey: 'x'.repeat(32) as never }, 'correlationKey'],
    ['a path that leads nowhere', { identity: { user: ['user'] } }, 'resolver path'],
    ['a network that would trust everybody', { client: { trustedProxies: ['10.0.0.0/'] } }, 'trustedProxies'],
  ])('%s', (_title, config, named) => {
    instrument(config);
    expect(told).toEqual([['CAPTURE_NOT_CONFIGURED', expect.stringContaining(named)]]);
    const library = { verifyAuthenticationResponse: () => undefined };
    expect(load(library, '14.0.3'), 'nothing is hooked').toBe(library);
    expect(instrumentation.counts).toEqual({ records: 0, unknownUser: 0, signIns: 0 });
  });
});
