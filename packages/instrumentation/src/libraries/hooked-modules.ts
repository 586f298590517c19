// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { LibraryObserver } from './library-observer.ts';
import { OTPLIB, OTPLIB_VERSIONS, patchOtplib } from './otplib.ts';
import { patchOtplib12 } from './otplib-12.ts';
import { patchSimpleWebAuthn, SIMPLEWEBAUTHN, SIMPLEWEBAUTHN_VERSIONS } from './simplewebauthn.ts';

export type Patch = (moduleExports: object, version: string, observer: LibraryObserver) => object;

/** A module that is looked at when the application loads it. */
export interface HookedModule {
  readonly name: string;
  /** The library that people know it as. */
  readonly library: string;
  /** Supported versions of the library, in words. */
  readonly versions: string;
  /** How a version is observed; `elsewhere` where another module of the library is, nothing where it cannot be. */
  patchOf(version: string): Patch | 'elsewhere' | undefined;
}

export const HOOKED_MODULES: readonly HookedModule[] = [
  {
    name: SIMPLEWEBAUTHN,
    library: SIMPLEWEBAUTHN,
    versions: SIMPLEWEBAUTHN_VERSIONS,
    patchOf: (version) => (/^1[34]\./.test(version) ? patchSimpleWebAuthn : undefined),
  },
  {
    // Looked at for its version alone: before 12 it had no modules that could be hooked.
    name: OTPLIB,
    library: OTPLIB,
    versions: OTPLIB_VERSIONS,
    patchOf: (version) => (/^1[23]\./.test(version) ? 'elsewhere' : undefined),
  },
  {
    name: '@otplib/core',
    library: OTPLIB,
    versions: OTPLIB_VERSIONS,
    patchOf: (version) =>
      version.startsWith('12.') ? patchOtplib12 : version.startsWith('13.') ? 'elsewhere' : undefined,
  },
  ...(['totp', 'hotp'] as const).map(
    (method): HookedModule => ({
      name: `@otplib/${method}`,
      library: OTPLIB,
      versions: OTPLIB_VERSIONS,
      patchOf: (version) =>
        version.startsWith('13.')
          ? (moduleExports, found, observer) => patchOtplib(method, moduleExports, found, observer)
          : undefined,
    }),
  ),
];
