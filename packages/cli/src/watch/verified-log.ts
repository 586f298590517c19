// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { AuditPipeline, OtlpDeliveryOptions } from '@stepseal/processor';
import { createKeys, readIdentity } from '@stepseal/processor/keys';
import type { VerifiedEvent } from './verified-event.ts';

/** Where a verifier keeps what is its own. */
export interface VerifierPlace {
  /** Name of its deployment, of which it is the only process. */
  readonly deployment: string;
  /** Holds its keys, its records and, unless they are elsewhere, the known heads. */
  readonly directory: string;
}

/** Names of what lies in the directory of a verifier. */
export const KEYS_FOLDER = 'keys';
export const HEADS_FILE = 'known-heads.json';
const RECORDS_FOLDER = 'records';

/** The results of verifications, sealed as everything else is: by a deployment and a key of the verifier's own. */
export class VerifiedLog {
  /** Of the identity key. */
  readonly fingerprint: string;
  /** The key was made just now. */
  readonly isNew: boolean;
  readonly #pipeline: AuditPipeline;

  private constructor(pipeline: AuditPipeline, fingerprint: string, isNew: boolean) {
    this.#pipeline = pipeline;
    this.fingerprint = fingerprint;
    this.isNew = isNew;
  }

  /** @throws KeyError, SealingError */
  static async open(
    { deployment, directory }: VerifierPlace,
    delivery: OtlpDeliveryOptions | undefined,
  ): Promise<VerifiedLog> {
    const keys = join(directory, KEYS_FOLDER);
    const isNew = !existsSync(join(keys, 'identity.pem'));
    const identity = isNew ? createKeys(keys) : readIdentity(join(keys, 'identity.pem'));
    // Not before it is needed: it loads OpenTelemetry.
    const { startAuditPipeline } = await import('@stepseal/processor');
    const pipeline = startAuditPipeline({
      deployment,
      dataDir: join(directory, RECORDS_FOLDER),
      identity: identity.signer(deployment),
      required: true,
      resource: { 'service.name': 'stepseal-verifier' },
      ...(delivery === undefined ? {} : { delivery }),
      exitHooks: false,
    });
    return new VerifiedLog(pipeline, identity.fingerprint, isNew);
  }

  /** Resolves when the record survives a power cut, or cannot be made to: the pipeline says so and keeps it in memory. */
  async write(event: VerifiedEvent): Promise<void> {
    this.#pipeline.loggerProvider.getLogger('stepseal').emit({ ...event, attributes: { ...event.attributes } });
    await this.#pipeline.commit();
  }

  /** Closes the stream, and delivers what is left as far as that goes in a few seconds. */
  async close(): Promise<void> {
    await this.#pipeline.shutdown();
  }
}
