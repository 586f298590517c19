// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Clock } from '../clock.ts';
import type { SetAsideEntry } from '../data/set-aside.ts';
import type { Report } from '../diagnostics.ts';
import type { FileSystem } from '../file-system.ts';
import type { BackOffLimits } from './back-off.ts';
import type { Carrier } from './carrier.ts';
import type { DirectoryQueue } from './directory-queue.ts';

/** What delivery is made of. */
export interface DeliveryParts {
  readonly carrier: Carrier;
  readonly files: FileSystem;
  readonly clock: Clock;
  readonly report: Report;
  readonly backOff?: BackOffLimits;
  /** Declares a record in the trail. Resolves to whether the declaration is durable. */
  readonly declare: (entry: SetAsideEntry) => Promise<boolean>;
  /** Directories that dead writers left behind, if somebody looks for them. */
  readonly leftBehind?: LeftBehind;
}

/** Hands out directories of dead writers, one at a time. */
export interface LeftBehind {
  /** Claims a directory with something to deliver, if it is time to look and there is one. */
  next(): Promise<DirectoryQueue | undefined>;
  /** The directory is empty, or delivery ends. */
  release(): void;
}
