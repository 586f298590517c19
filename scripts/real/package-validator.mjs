// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cached } from './cache.mjs';
import { runQuietly } from './run-quietly.mjs';

const MODULE = 'github.com/elastic/package-spec/v3';
const VERSION = 'v3.6.5';

/** The smallest program around the validator: exit code 0 for a package that is one, else 1 and what is wrong with it. */
const MAIN = `package main

import (
	"fmt"
	"os"

	"${MODULE}/code/go/pkg/validator"
)

func main() {
	if err := validator.ValidateFromPath(os.Args[1]); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}
`;

/**
 * Builds the validator that Elastic's specification of packages comes with, or finds the one built before.
 *
 * @returns {Promise<string>} path of its program, which takes the directory of a package
 */
export async function ensurePackageValidator({ go, env = process.env }) {
  const directory = await cached(`package-spec-${VERSION}`, async (draft) => {
    const cwd = draft;
    const building = { ...env, GOSUMDB: 'off', GOFLAGS: '-mod=mod', CGO_ENABLED: '0' };
    writeFileSync(join(draft, 'main.go'), MAIN);
    writeFileSync(join(draft, 'go.mod'), `module validator\n\ngo 1.26\n\nrequire ${MODULE} ${VERSION}\n`);
    await runQuietly(go, ['build', '-o', 'validator', '.'], { cwd, env: building });
  });
  return join(directory, 'validator');
}
