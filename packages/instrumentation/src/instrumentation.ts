// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { diag, type Logger, type LoggerProvider } from '@opentelemetry/api';
import { Capture } from './capture.ts';
import type { CaptureCounts } from './ceremony/ceremonies.ts';
import { globalLoggerProvider } from './global-api.ts';
import { HOOKED_MODULES, type HookedModule, type Patch } from './libraries/hooked-modules.ts';
import { hookModules } from './library-hooks.ts';
import { Problems } from './problems.ts';
import { AllowListRedaction, type Redaction } from './redact.ts';
import type { ProblemCode, StepUpInstrumentationConfig } from './types.ts';
import { PACKAGE_NAME, PACKAGE_VERSION } from './version.ts';

interface Internals {
  readonly redaction?: Redaction;
  readonly hookModules?: typeof hookModules;
}

/** A library that is looked for, as the application has it. */
export interface LoadedLibrary {
  readonly library: string;
  readonly version: string;
  readonly observed: boolean;
}

/**
 * Emits a log record for each step of a step-up authentication. It only watches: Node's own HTTP channels and the
 * results of WebAuthn and one-time code libraries. Whatever goes wrong in it is reported through `onProblem`, never
 * thrown.
 *
 * An `Instrumentation` of `@opentelemetry/instrumentation`, for `registerInstrumentations` and `NodeSDK` of its 3.x line
 * and its 2.x line alike.
 */
export class StepUpInstrumentation {
  readonly instrumentationName: string = PACKAGE_NAME;
  readonly instrumentationVersion: string = PACKAGE_VERSION;
  readonly #capture: Capture | undefined;
  readonly #problems: Problems;
  readonly #hookModules: typeof hookModules;
  #config: StepUpInstrumentationConfig;
  #logger: Logger | undefined;
  readonly #libraries = new Map<string, LoadedLibrary>();
  #hooked = false;

  /** @param internals for tests of the redaction and of the hooks themselves; not configuration. */
  constructor(config: StepUpInstrumentationConfig, internals: Internals = {}) {
    this.#hookModules = internals.hookModules ?? hookModules;
    this.#config = { enabled: true, ...config };
    const log = diag.createComponentLogger({ namespace: PACKAGE_NAME });
    const report = config.onProblem ?? ((code: ProblemCode, message: string) => log.error(code, message));
    this.#problems = new Problems(report, () => performance.now());
    try {
      this.#capture = new Capture(config, {
        redaction: internals.redaction ?? new AllowListRedaction(),
        problems: this.#problems,
        send: (record) => this.#loggerNow()?.emit(record),
      });
    } catch (error) {
      this.#problems.tell(
        'CAPTURE_NOT_CONFIGURED',
        error instanceof TypeError ? error.message : 'the configuration is unusable',
      );
    }
    if (this.#config.enabled) this.enable();
  }

  /** Counted since the start of the process. */
  get counts(): Readonly<CaptureCounts> {
    return this.#capture?.counts ?? { records: 0, unknownUser: 0, signIns: 0 };
  }

  /** Libraries that the application has loaded, and whether their calls are seen. */
  get libraries(): readonly LoadedLibrary[] {
    return [...this.#libraries.values()];
  }

  /** Modules are looked at from the first time on; those that were loaded before are not seen. */
  enable(): void {
    if (!this.#hooked) {
      this.#hooked = true;
      this.#hookModules(
        HOOKED_MODULES.map(({ name }) => name),
        (moduleExports, name, version) => this.#hook(moduleExports, name, version),
      );
    }
    this.#capture?.open();
  }

  disable(): void {
    this.#capture?.close();
  }

  /** Where the records go; without, to the provider that is registered globally, whenever that is. */
  setLoggerProvider(provider: LoggerProvider): void {
    this.#logger = provider.getLogger(PACKAGE_NAME, PACKAGE_VERSION);
  }

  /** There are no spans of it. */
  setTracerProvider(): void {}

  /** There are no metrics of it. */
  setMeterProvider(): void {}

  getConfig(): StepUpInstrumentationConfig {
    return this.#config;
  }

  /** Kept and handed back; what was constructed stays as it was. */
  setConfig(config: StepUpInstrumentationConfig): void {
    this.#config = config;
  }

  #loggerNow(): Logger | undefined {
    this.#logger ??= globalLoggerProvider()?.getLogger(PACKAGE_NAME, PACKAGE_VERSION);
    return this.#logger;
  }

  #hook(moduleExports: object, name: string, version: string): object {
    const capture = this.#capture;
    const module = HOOKED_MODULES.find((hooked) => hooked.name === name);
    if (capture === undefined || module === undefined) return moduleExports;
    const patch = this.#patchOf(module, version);
    if (patch === undefined || patch === 'elsewhere') {
      this.#loaded(module, version, patch !== undefined);
      return moduleExports;
    }
    let hooked: object | undefined;
    // What is thrown here would come out of the application's own import.
    this.#problems.guard(() => {
      hooked = patch(moduleExports, version, capture);
    });
    this.#loaded(module, version, hooked !== undefined);
    return hooked ?? moduleExports;
  }

  /** A library of several modules is seen when all of them are. */
  #loaded({ library }: HookedModule, version: string, observed: boolean): void {
    const key = `${library} ${version}`;
    const known = this.#libraries.get(key);
    this.#libraries.set(key, { library, version, observed: observed && known?.observed !== false });
  }

  #patchOf({ library, versions, patchOf }: HookedModule, version: string): Patch | 'elsewhere' | undefined {
    const patch = patchOf(version);
    if (patch === undefined) {
      this.#problems.tell(
        'LIBRARY_NOT_SUPPORTED',
        `${library} ${version} is not observed: its challenges and answers leave no record. Use version ${versions}.`,
        `${library} ${version}`,
      );
    }
    return patch;
  }
}
