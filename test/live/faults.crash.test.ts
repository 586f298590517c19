// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

// In its long form: every kind of fault at three times as many calls.
import './faults.test.ts';
