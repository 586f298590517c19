// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

/** The environment without what would make the demonstration go another way than described. */
export function plainEnvironment() {
  const meddling = /^(STEPSEAL_|OTEL_|NODE_OPTIONS$)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !meddling.test(name)));
}
