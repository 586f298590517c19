// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-proto';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import { SealingLogRecordProcessor, startAuditPipeline } from '@stepseal/processor';
import { scratch } from './scratch.mjs';
import { startSink } from './sink.mjs';
import { countAll, countSealed, startTrail, trailOptions } from './trail.mjs';

// Every pipeline has the same members: `logger`; `settle()`, to be awaited after a burst; `flush()`, after which
// everything emitted is where the pipeline promises to bring it; `delivered()`, how many records arrived there.

/** What OpenTelemetry users have: batch processor and exporter with their own settings, to a server that takes all. */
export async function stockPipeline() {
  const sink = await startSink();
  const exporter = new OTLPLogExporter({ url: sink.url });
  let exported = () => {};
  const watched = {
    export: (records, done) =>
      exporter.export(records, (result) => {
        done(result);
        exported();
      }),
    forceFlush: () => exporter.forceFlush(),
    shutdown: () => exporter.shutdown(),
  };
  const processor = new BatchLogRecordProcessor({ exporter: watched });
  const provider = new LoggerProvider({ processors: [processor] });
  return {
    logger: provider.getLogger('bench'),
    // A burst is one batch. The next one waits for it, so that the queue never drops a record.
    settle: () => new Promise((resolve) => (exported = resolve)),
    flush: () => provider.forceFlush(),
    delivered: () => sink.count(),
    async stop() {
      await provider.shutdown();
      sink.stop();
    },
  };
}

/** Our own provider, with other settings where they are given. */
export async function ownPipeline(settings = {}) {
  const dataDir = scratch();
  const { pipeline, problems } = startTrail(dataDir, settings);
  return {
    ...sealed(dataDir, problems, pipeline),
    dataDir,
    logger: pipeline.loggerProvider.getLogger('bench'),
    stop: () => pipeline.shutdown(),
  };
}

/** Our own provider, which delivers to a server that takes all. */
export async function ownDelivery() {
  const { sink, dataDir, options, problems } = await deliveryTo();
  const pipeline = startAuditPipeline(options);
  return {
    ...delivered(dataDir, problems, pipeline, sink),
    logger: pipeline.loggerProvider.getLogger('bench'),
    async stop() {
      await pipeline.shutdown();
      sink.stop();
    },
  };
}

/** The SDK's provider with our processor in it, which delivers to a server that takes all. */
export async function sdkDelivery() {
  const { sink, dataDir, options, problems } = await deliveryTo();
  const processor = new SealingLogRecordProcessor(options);
  const provider = new LoggerProvider({ processors: [processor] });
  return {
    ...delivered(dataDir, problems, processor, sink),
    logger: provider.getLogger('bench'),
    async stop() {
      await provider.shutdown();
      sink.stop();
    },
  };
}

/** The SDK's provider with our processor in it. */
export async function sdkPipeline() {
  const dataDir = scratch();
  const { options, problems } = trailOptions(dataDir);
  const processor = new SealingLogRecordProcessor(options);
  const provider = new LoggerProvider({ processors: [processor] });
  return {
    ...sealed(dataDir, problems, processor),
    logger: provider.getLogger('bench'),
    stop: () => provider.shutdown(),
  };
}

async function deliveryTo() {
  const sink = await startSink();
  const dataDir = scratch();
  const { options, problems } = trailOptions(dataDir);
  return { sink, dataDir, options: { ...options, delivery: { endpoint: sink.url } }, problems };
}

/** Beside the application's records, the trail's own arrive: as many as the segments hold. */
function delivered(dataDir, problems, sealing, sink) {
  return {
    ...sealed(dataDir, problems, sealing),
    async delivered() {
      const ofApplication = sealed(dataDir, problems, sealing).delivered();
      return (await sink.count()) - (countAll(dataDir) - ofApplication);
    },
  };
}

function sealed(dataDir, problems, sealing) {
  return {
    settle: () => new Promise(setImmediate),
    flush: () => sealing.forceFlush(),
    delivered: () => {
      if (problems.length > 0) throw new Error(`sealing reports ${problems[0].code}`);
      return countSealed(dataDir);
    },
  };
}
