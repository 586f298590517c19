// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { SharedCeremonies } from './ceremony/set-up.ts';

/** What went wrong, in a way that can be searched for. */
export type ProblemCode =
  /** Keys or paths of the configuration cannot be used; nothing is captured. */
  | 'CAPTURE_NOT_CONFIGURED'
  /** A hook failed; the application went on, the record may be missing. */
  | 'CAPTURE_FAILED'
  /** Another capture of the same data directory runs in this thread; this one stays closed. */
  | 'CAPTURED_TWICE'
  /** A library was loaded in a version that cannot be observed. */
  | 'LIBRARY_NOT_SUPPORTED'
  /** What other processes of the data directory know of step-ups cannot be read or written. */
  | 'CEREMONIES_NOT_SHARED'
  /** What the service told through the helper cannot be recorded as it is. */
  | 'HELPER_INPUT_INVALID'
  /** A step-up was recorded without its user: `identity.user` may want another path. */
  | 'USER_UNKNOWN'
  /** A passkey was used by nobody known, which was taken for a sign-in and not recorded. */
  | 'SIGN_IN_NOT_RECORDED';

export interface StepUpInstrumentationConfig {
  /** Capture from the start; default true. */
  enabled?: boolean;
  /** 32 random bytes that key the hashes of users, sessions and addresses. Equal on all replicas. */
  pseudonymKey: Uint8Array;
  /** 32 other random bytes that `step_up.id` is derived with. Equal in all processes whose records are to join. */
  correlationKey: Uint8Array;
  identity?: {
    /** Where the user's id is found; the first path that leads to a value wins. Default: see README. */
    user?: readonly string[];
    /** Where the session's id is found. Default: see README. */
    session?: readonly string[];
    /** Where it is found when the session began: a `Date`, RFC 3339, seconds or milliseconds. Default unknown. */
    sessionStartedAt?: readonly string[];
    /** Where the device's id is found; its keyed hash is recorded. Default unknown. */
    device?: readonly string[];
    /** Where it is found whether the user used the device before: a `req.` or `header.` path. Default unknown. */
    deviceKnown?: readonly string[];
    /** Record `user.id` as it is, beside its keyed hash. Default false. */
    userIdInClear?: boolean;
  };
  client?: {
    /** Addresses or networks of the proxies whose `X-Forwarded-For` and `header.` paths are believed. Default none. */
    trustedProxies?: readonly string[];
    /** Record the whole client address instead of its prefix and keyed hash. Default false. */
    fullAddress?: boolean;
    /** Where the client's country is found, two letters of ISO 3166-1: a `req.` or `header.` path. Default unknown. */
    country?: readonly string[];
    /** Where the client's town is found: a `req.` or `header.` path. Default unknown. */
    locality?: readonly string[];
  };
  ceremony?: {
    /** A step-up that nobody answers is told as abandoned after this many milliseconds. Default 900000. */
    abandonAfterMs?: number;
    /** Shares step-ups with the other processes of a data directory, so that each ends once. Default: not shared. */
    shared?: SharedCeremonies;
  };
  /** Makes durable what was emitted so far: what `commit()` of the helper calls. Default: there is none, and it says so. */
  commit?: () => Promise<boolean>;
  /** Told once a minute at most for each code; never with a value from a request. Default: OpenTelemetry's `diag`. */
  onProblem?: (code: ProblemCode, message: string) => void;
}
