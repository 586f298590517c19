// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { directorySource, parseTrustPolicy, verify } from '@stepseal/verifier';

// Prints the highest resident memory of one verification, in MB.
const [source, policy] = process.argv.slice(2);
const { grade } = await verify({ sources: [directorySource(source)], trust: parseTrustPolicy(policy) });
if (grade !== 'SEALED') throw new Error(`the trail is ${grade}`);
console.log(process.resourceUsage().maxRSS / 1000);
