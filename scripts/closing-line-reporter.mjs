// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors
//
// A vitest reporter whose only output is the last line of the run: `N passed, N failed`, and `, N skipped` if any.
// A test file that could not be loaded, a hook that failed and an error outside all tests count as one failure each.

export default class ClosingLineReporter {
  #passed = 0;
  #failed = 0;
  #skipped = 0;

  constructor() {
    // At exit, not at the end of the run: other reporters and vitest itself still print in between.
    process.on('exit', () => this.#close());
  }

  onTestRunEnd(testModules, unhandledErrors) {
    this.#failed += unhandledErrors.length;
    for (const testModule of testModules) {
      this.#failed += testModule.errors().length;
      for (const suite of testModule.children.allSuites()) this.#failed += suite.errors().length;
      for (const test of testModule.children.allTests()) this.#count(test.result().state);
    }
  }

  #count(state) {
    if (state === 'passed') this.#passed += 1;
    else if (state === 'failed') this.#failed += 1;
    else this.#skipped += 1;
  }

  #close() {
    const skipped = this.#skipped > 0 ? `, ${this.#skipped} skipped` : '';
    console.log(`${this.#passed} passed, ${this.#failed} failed${skipped}`);
    // A run that tried nothing shows nothing.
    if (this.#failed > 0 || this.#passed === 0) process.exitCode ||= 1;
  }
}
