// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

// In its long form: every bit.
import './row-02-rest.test.ts';
