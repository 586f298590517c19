// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { isoTime } from '../render/time.ts';

/** The part of an export, as `verify` takes it: `--since … --until …`. */
export function partFlags(sinceMs: number | undefined, untilMs: number): string {
  return `${sinceMs === undefined ? '' : `--since ${isoTime(sinceMs)} `}--until ${isoTime(untilMs)}`;
}

/** What an auditor reads first. */
export function readmeText({ sinceMs, untilMs }: { sinceMs: number | undefined; untilMs: number }): string {
  return `Sealed records of step-up authentication
========================================

From  ${isoTime(sinceMs) ?? 'the first record'}
To    ${isoTime(untilMs)}

What is here
------------
*.ndjson               sealed records, one stream a file, byte for byte as the service wrote them
verdict.txt            what the verification of these files said when they were exported
verdict.json           the same for programs
stepseal-export.json   the list of files with their SHA-256

Do not take the verdict from here: make it yourself.

How to verify
-------------
1. Install Node.js 20.19 or later.
2. Get the identity key of the service from its owner by another way than these files came, and compare its
   fingerprint by a third (by telephone, say). Records that bring their own key vouch for themselves.
   Keep it in a trust file outside of this directory:

     npx stepseal trust add --vkey VKEY --file ../stepseal.trust.json

3. In this directory:

     npx stepseal verify . --trust ../stepseal.trust.json ${partFlags(sinceMs, untilMs)}

   Exit code 0 is SEALED, 1 TAMPERED, 2 INCOMPLETE, 3 CANNOT_VERIFY. The times say which part was asked for: streams
   before and after it are not here and not missed. Without the times the absence of earlier streams makes the verdict
   INCOMPLETE, since these files cannot vouch for where they begin.

To see how tampering would show: npx stepseal drill . --trust ../stepseal.trust.json
To read what happened:           npx stepseal explain --all --dir . --trust ../stepseal.trust.json

What no verdict proves
----------------------
That the service reported every event, or the truth, and what happened before a record was sealed.
`;
}
