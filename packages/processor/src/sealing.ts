// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { startupSnapshot } from 'node:v8';
import type { MeterProvider } from '@opentelemetry/api';
import { isDeploymentName } from '@stepseal/core/format';
import { type Clock, systemClock } from './clock.ts';
import type { Delivery } from './delivery/delivery.ts';
import type { SealedRecordExporter } from './delivery/exporter-carrier.ts';
import type { OtlpDeliveryOptions } from './delivery/otlp-options.ts';
import { startDelivery } from './delivery/start-delivery.ts';
import type { DeliveryStatus } from './delivery/status.ts';
import { undeliveredEvent } from './delivery/undelivered-event.ts';
import { within } from './delivery/within.ts';
import { type DiagnosticSink, type Report, reporter, stderrSink } from './diagnostics.ts';
import { SealingError } from './errors.ts';
import { installExitHooks } from './exit-hooks.ts';
import { type FileSystem, nodeFileSystem } from './file-system.ts';
import { type CaptureFacts, type HealthFacts, HealthFile } from './health.ts';
import type { Signer } from './keys/signer.ts';
import { sealingMetrics } from './metrics.ts';
import { withPermissions } from './permissions.ts';
import { systemProcessTable } from './process-identity.ts';
import { type RandomFill, systemRandom } from './record-id.ts';
import { RecordSignatures } from './record-signatures.ts';
import { resourceText } from './resource.ts';
import { Retention } from './retention/retention.ts';
import { type RetentionSettings, retentionSettings } from './retention/settings.ts';
import type { ExportedResource } from './sealed-record.ts';
import type { SpoolLimits } from './spool.ts';
import { Writer } from './writer.ts';
import type { RollSettings, SealSettings, WriterOptions, WriterProgress } from './writer-options.ts';

/** What both doors take. */
export interface SealingOptions {
  /** Name of the deployment: `[a-z0-9.-]+(/[a-z0-9._-]+)*`. */
  readonly deployment: string;
  /** Directory of the segments; created when missing. Not to be shared across pid namespaces. */
  readonly dataDir: string;
  /** Lets the group of the data directory read what is written there; default false: only its owner. */
  readonly dataGroupReadable?: boolean;
  /** The identity key. Without it records wait in memory up to the bound, and are then lost. */
  readonly identity?: Signer;
  readonly seal?: Partial<SealSettings>;
  readonly roll?: Partial<RollSettings>;
  /** When whole streams are deleted; default after 7 days or beyond 1 GiB with `delivery`, else never. */
  readonly retention?: Partial<RetentionSettings>;
  /** Bounds of what waits in memory while no file can be written; default 4096 records and 16 MiB. */
  readonly spool?: Partial<SpoolLimits>;
  /** Hash of the redaction policy in force. */
  readonly redactionHash?: string;
  /** Start fails instead of running unsealed; default false. */
  readonly required?: boolean;
  /** Where sealed records go besides their segments, once a note covers them. Default nowhere. */
  readonly delivery?: OtlpDeliveryOptions;
  /**
   * In place of `delivery`: any `LogRecordExporter`. What it reports as failed is handed to it again, for ever; what it
   * reports as a success counts as delivered, and those of OpenTelemetry report a partial success as one.
   */
  readonly exporter?: SealedRecordExporter;
  /** Milliseconds that `forceFlush` and `shutdown` wait for a signer far away, and for deliveries, at most; default 5000. */
  readonly flushTimeoutMs?: number;
  /** Default: one line on standard error, at most one a minute for each code. */
  readonly onDiagnostic?: DiagnosticSink;
  /** Gets the metrics of docs/metrics.md; default the globally registered one, whenever that is. */
  readonly meterProvider?: MeterProvider;
  /** Hooks for the end of the process; default true. */
  readonly exitHooks?: boolean;
  readonly files?: FileSystem;
  readonly clock?: Clock;
  readonly random?: RandomFill;
}

/** The room behind the doors: one writer and what keeps it going. */
export interface Sealing {
  readonly writer: Writer;
  readonly clock: Clock;
  readonly report: Report;
  readonly retention: Retention;
  /** What the health file says of capture, asked each time it is written. */
  describe(capture: () => CaptureFacts): void;
  /** Opens the first stream, or throws when sealing is required and cannot begin. */
  start(): void;
  flush(): Promise<void>;
  shutdown(): Promise<void>;
  status(): SealingStatus;
}

/** How sealing and delivery go. */
export interface SealingStatus extends WriterProgress {
  /** Only where there is something to deliver to. */
  readonly delivery?: DeliveryStatus;
}

const FLUSH_MS = 5_000;

/**
 * @param resource gives the Resource as far as it is known
 * @throws SealingError `INVALID_OPTION`
 */
export function createSealing(options: SealingOptions, resource: () => ExportedResource): Sealing {
  if (!isDeploymentName(options.deployment))
    throw new SealingError('INVALID_OPTION', 'the deployment has no valid name');
  const clock = options.clock ?? systemClock;
  const files = withPermissions(options.files ?? nodeFileSystem, options.dataGroupReadable ?? false);
  // First of all: whatever goes wrong from here on is told there too.
  const health: HealthFile = new HealthFile({ dataDir: options.dataDir, files, clock, read: () => facts() });
  const tell = reporter(options.onDiagnostic ?? stderrSink, clock);
  const report: Report = (code, message, cause) => {
    health.problem(code);
    tell(code, message, cause);
  };
  const processes = systemProcessTable(files);
  const flushMs = options.flushTimeoutMs ?? FLUSH_MS;
  const recordSignatures = options.seal?.recordSignatures ? new RecordSignatures(report) : undefined;
  const writing: WriterOptions = {
    deployment: options.deployment,
    dataDir: options.dataDir,
    ...(options.identity === undefined ? {} : { identity: options.identity }),
    seal: { maxRecords: 256, intervalMs: 1_000, heartbeatMs: 60_000, ...options.seal },
    roll: { maxBytes: 64 * 1024 * 1024, maxAgeMs: 86_400_000, ...options.roll },
    spool: { records: 4_096, length: 16 * 1024 * 1024, ...options.spool },
    resource: () => resourceText(resource().attributes),
    ...(options.redactionHash === undefined ? {} : { redactionHash: options.redactionHash }),
    files,
    processes,
    clock,
    random: options.random ?? systemRandom,
    report,
    buildingSnapshot: () => startupSnapshot.isBuildingSnapshot(),
  };
  const delivery = startDelivery(options, writing, (entry) => {
    // Where nothing can be sealed nothing can be declared: the record waits.
    if (writer.progress.state !== 'open') return Promise.resolve(false);
    writer.emit(undeliveredEvent(entry));
    return writer.commit();
  });
  const writer: Writer = new Writer({
    ...writing,
    ...(delivery === undefined ? {} : { delivery }),
    ...(recordSignatures === undefined ? {} : { recordSignatures }),
  });
  const retention = new Retention({
    settings: retentionSettings(options.retention, options.delivery !== undefined),
    dataDir: options.dataDir,
    writer,
    files,
    processes,
    clock,
    report,
    delivers: delivery !== undefined,
  });
  const facts = (): HealthFacts => healthFacts(writer.progress, delivery?.status());
  const metrics = sealingMetrics(facts, clock, options.meterProvider);
  let ending: Promise<void> | undefined;
  const startHelpers = (): void => {
    if (startupSnapshot.isBuildingSnapshot() || ending !== undefined) return;
    retention.start();
    health.start();
    metrics.start();
  };
  const flush = async (): Promise<void> => {
    await within(flushMs, writer.flush());
    await recordSignatures?.settled();
    await delivery?.flush(flushMs);
  };
  const removeHooks =
    options.exitHooks === false ? () => {} : hooks(writer, delivery, flush, startHelpers, () => health.remove());
  const end = async (): Promise<void> => {
    retention.stop();
    const deadline = clock.monotonicMs() + flushMs;
    await within(flushMs, writer.flush());
    await recordSignatures?.settled();
    // Before the stream ends: what the receiver refuses is declared in it.
    await delivery?.flush(flushMs);
    // Records emitted while the flush was under way are in the stream: its end covers them.
    writer.shutDown();
    removeHooks();
    health.remove();
    metrics.stop();
    await recordSignatures?.shutdown();
    await delivery?.shutdown(Math.max(0, deadline - clock.monotonicMs()));
  };
  return {
    writer,
    clock,
    report,
    retention,
    describe: (capture) => health.describe(capture),
    start: () => {
      if (options.required) writer.startOrThrow();
      else writer.start();
      startHelpers();
    },
    flush,
    shutdown: () => {
      ending ??= end();
      return ending;
    },
    status: () => ({ ...writer.progress, ...(delivery === undefined ? {} : { delivery: delivery.status() }) }),
  };
}

function healthFacts(writer: WriterProgress, delivery: DeliveryStatus | undefined): HealthFacts {
  const { state, emitted, sealed, acknowledged, lost, waiting, lastSealMs, lastNoteMs } = writer;
  return {
    state,
    ...(lastSealMs === undefined ? {} : { lastSealMs }),
    ...(lastNoteMs === undefined ? {} : { lastNoteMs }),
    emitted,
    sealed,
    acknowledged,
    delivered: delivery?.delivered ?? 0,
    refused: lost,
    setAside: delivery?.setAside ?? 0,
    waiting,
    queueBytes: delivery?.undelivered.bytes ?? 0,
    ...(delivery?.oldestUndeliveredMs === undefined ? {} : { oldestUndeliveredMs: delivery.oldestUndeliveredMs }),
    ...(delivery === undefined ? {} : { endpoint: delivery.endpoint }),
  };
}

function hooks(
  writer: Writer,
  delivery: Delivery | undefined,
  flush: () => Promise<void>,
  startHelpers: () => void,
  left: () => void,
): () => void {
  let flushed = '';
  if (startupSnapshot.isBuildingSnapshot())
    startupSnapshot.addDeserializeCallback(() => {
      writer.start();
      startHelpers();
    });
  return installExitHooks({
    close: () => {
      writer.closeNow();
      delivery?.leave();
      left();
    },
    crash: () => writer.syncNow(),
    // Only a delivery has something that the synchronous end cannot do. What one flush left behind is not waited for again.
    idle: () => {
      const { uncovered, streamId, number } = writer.progress;
      if (delivery === undefined || (uncovered === 0 && !delivery.pending) || flushed === `${streamId}:${number}`)
        return;
      void flush().then(() => {
        const after = writer.progress;
        flushed = `${after.streamId}:${after.number}`;
      });
    },
  });
}
