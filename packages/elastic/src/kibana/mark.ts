// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { VERSION } from '../names.ts';

const MARK = /Managed by stepseal (\S+)\.$/;

/** A description with the sentence that tells what Stepseal made from what others did. */
export function signed(description: string): string {
  return `${description} Managed by stepseal ${VERSION}.`;
}

/** The version of the installer that wrote a description, or undefined: then it is somebody else's. */
export function signature(description: string): string | undefined {
  return MARK.exec(description)?.[1];
}
