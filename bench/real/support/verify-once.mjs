// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

// Prints the highest resident memory of one verification, in MB.

import { verifyIndex } from './verify-index.mjs';

await verifyIndex(process.argv[2]);
console.log(process.resourceUsage().maxRSS / 1000);
