// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

/** Counts what the searchable fields found and the sealed bytes do not bear out. */
export class Unlike {
  stepUps = 0;
  records = 0;

  /** Said, since somebody has changed these documents, or put them there. */
  sentences(): string[] {
    const what = [
      ...(this.stepUps === 0 ? [] : [`${this.stepUps} step-up(s)`]),
      ...(this.records === 0 ? [] : [`${this.records} document(s)`]),
    ];
    if (what.length === 0) return [];
    return [`${what.join(' and ')} found by fields that are not what was sealed: run stepseal verify --elasticsearch.`];
  }
}
