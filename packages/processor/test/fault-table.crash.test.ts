// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

// In its long form: every fault at every call.
import './fault-table.test.ts';
