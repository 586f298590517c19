// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { InstrumentationBase, InstrumentationNodeModuleDefinition } from '@opentelemetry/instrumentation';
import { Capture } from './capture.ts';
import type { CaptureCounts } from './ceremony/ceremonies.ts';
import { HOOKED_MODULES, type HookedModule } from './libraries/hooked-modules.ts';
import { Problems } from './problems.ts';
import { AllowListRedaction, type Redaction } from './redact.ts';
import type { ProblemCode, StepUpInstrumentationConfig } from './types.ts';
import { PACKAGE_NAME, PACKAGE_VERSION } from './version.ts';

/**
 * Emits a log record for each step of a step-up authentication. It only watches: Node's own HTTP channels and the
 * results of WebAuthn libraries. Whatever goes wrong in it is reported through `onProblem`, never thrown.
 */
export class StepUpInstrumentation extends InstrumentationBase<StepUpInstrumentationConfig> {
  #capture: Capture | undefined;
  readonly #problems: Problems;

  /** @param internals for tests of the redaction itself; not configuration. */
  constructor(config: StepUpInstrumentationConfig, internals: { readonly redaction?: Redaction } = {}) {
    // The base class would enable itself before the fields of this class exist.
    super(PACKAGE_NAME, PACKAGE_VERSION, { ...config, enabled: false });
    const report = config.onProblem ?? ((code: ProblemCode, message: string) => this._diag.error(code, message));
    this.#problems = new Problems(report, () => performance.now());
    try {
      this.#capture = new Capture(config, {
        redaction: internals.redaction ?? new AllowListRedaction(),
        problems: this.#problems,
        send: (record) => this.logger.emit(record),
      });
    } catch (error) {
      this.#problems.tell(
        'CAPTURE_NOT_CONFIGURED',
        error instanceof TypeError ? error.message : 'the configuration is unusable',
      );
    }
    if (config.enabled !== false) {
      this.setConfig(config);
      this.enable();
    }
  }

  /** Counted since the start of the process. */
  get counts(): Readonly<CaptureCounts> {
    return this.#capture?.counts ?? { records: 0, unknownUser: 0, signIns: 0 };
  }

  protected override init(): InstrumentationNodeModuleDefinition[] {
    return HOOKED_MODULES.map(
      (hooked) =>
        new InstrumentationNodeModuleDefinition(
          hooked.name,
          // All, so that a version that cannot be observed is named instead of being passed over in silence.
          ['*'],
          (moduleExports: object, version?: string) => this.#hook(hooked, moduleExports, version ?? 'unknown'),
        ),
    );
  }

  #hook({ library, versions, patchOf }: HookedModule, moduleExports: object, version: string): object {
    const capture = this.#capture;
    if (capture === undefined) return moduleExports;
    const patch = patchOf(version);
    if (patch === undefined) {
      this.#problems.tell(
        'LIBRARY_NOT_SUPPORTED',
        `${library} ${version} is not observed: its challenges and answers leave no record. Use version ${versions}.`,
        library,
      );
      return moduleExports;
    }
    if (patch === 'elsewhere') return moduleExports;
    let hooked = moduleExports;
    // What is thrown here would come out of the application's own import.
    this.#problems.guard(() => {
      hooked = patch(moduleExports, version, capture);
    });
    return hooked;
  }

  override enable(): void {
    super.enable();
    this.#capture?.open();
  }

  override disable(): void {
    super.disable();
    this.#capture?.close();
  }
}
