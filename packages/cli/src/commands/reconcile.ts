// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { resolve } from 'node:path';
import type { Server } from '@stepseal/elastic';
import { type Command, textFlag } from '../command.ts';
import { durationFlag } from '../duration.ts';
import { withElasticsearch } from '../elastic-call.ts';
import { dataStreamOf, ELASTICSEARCH_SOURCE_OPTIONS } from '../elasticsearch-connection.ts';
import { CliError } from '../errors.ts';
import { DELIVERY_SETTINGS, otlpDelivery } from '../otlp-delivery.ts';
import type { Reconciliation } from '../reconcile/reconcile.ts';
import { RecordIndex } from '../reconcile/record-index.ts';
import { reconcileJson, reconcileLines } from '../render/reconcile.ts';
import { timeWindow } from '../search/time-window.ts';
import { shortPath } from '../short-path.ts';
import { statIfPresent } from '../stat.ts';
import { readTrustFile } from '../trust-file.ts';
import { TRUST_FILE_NAME } from '../trust-file-name.ts';

export const reconcileCommand: Command = {
  usage:
    'reconcile --elasticsearch URL [--segments DIR] [--endpoint URL] [--since TIME] [--until TIME] [--dry-run] [--json]',
  about: [
    'Finds the records that the segments hold and Elasticsearch lacks, and sends them once more through the Collector, with',
    'the same bytes and ids, until they can be searched. Elasticsearch is only read; no document is changed or overwritten.',
    'Exit codes: 0 nothing is missing (any more), 1 an id is taken by a foreign document, 2 something is missing still,',
    '3 cannot be done, 64 usage.',
  ],
  examples: [
    'stepseal reconcile --elasticsearch https://elasticsearch:9200 --dry-run # what is missing',
    'stepseal reconcile --elasticsearch https://elasticsearch:9200 --segments /mnt/archive --endpoint http://collector:4319 # an archive',
  ],
  options: {
    segments: { type: 'string', value: 'DIR', brief: 'Directory of segments; default the data directory.' },
    endpoint: { type: 'string', value: 'URL', brief: "The Collector's; default the service's own, delivery.endpoint." },
    since: { type: 'string', value: 'TIME', brief: 'Only records from then on: 2026-10-01, 90d, 2h.' },
    until: { type: 'string', value: 'TIME', brief: 'Only records before then.' },
    'delivery-grace': { type: 'string', value: 'TIME', brief: 'Younger records are not missed; default 15min.' },
    wait: { type: 'string', value: 'TIME', brief: 'For what was sent to be searchable; default 2min.' },
    thorough: { type: 'boolean', brief: 'Compare every record, also of streams whose counts agree.' },
    'dry-run': { type: 'boolean', brief: 'Only say what is missing.' },
    trust: { type: 'string', value: 'FILE', brief: `Whose keys count; default ./${TRUST_FILE_NAME} if there.` },
    json: { type: 'boolean', brief: 'Print JSON: {"version", "exitCode", "missing", "sent", "streams", …}.' },
    ...ELASTICSEARCH_SOURCE_OPTIONS,
  },
  settings: ['data-dir', 'delivery-endpoint', ...DELIVERY_SETTINGS],
  maxArguments: 0,
  async run(call) {
    const config = call.config();
    const directory = resolve(call.cwd, textFlag(call, 'segments') ?? config.dataDir);
    const segments = shortPath(call.cwd, directory);
    if (statIfPresent(directory)?.isDirectory() !== true) {
      throw new CliError('SOURCE_MISSING', `There is no directory ${segments}: name one with --segments.`);
    }
    const trust = readTrustFile(call.cwd, [config.dataDir, directory], textFlag(call, 'trust'));
    const dryRun = call.flags['dry-run'] === true;
    const to = dryRun ? undefined : otlpDelivery(config, textFlag(call, 'endpoint'));
    if (!dryRun && to === undefined) {
      throw new CliError('BAD_ARGUMENT', 'Where is the Collector? Set --endpoint, or look with --dry-run.');
    }
    const nowMs = Date.now();
    const window = timeWindow(call, nowMs) ?? { sinceMs: Number.NEGATIVE_INFINITY, untilMs: Number.POSITIVE_INFINITY };
    const reach = { ...window, settledMs: nowMs - durationFlag(call, 'delivery-grace', '15min') };
    const waitMs = durationFlag(call, 'wait', '2min');
    const dataStream = dataStreamOf(call);
    // Not before they are needed: they load OpenTelemetry, and the verifier.
    const { Redelivery, sealedStreams } = await import('@stepseal/processor/delivery');
    const { exitCodeOf, reconcile } = await import('../reconcile/reconcile.ts');
    const { reasonToHoldBack } = await import('../reconcile/hold-back.ts');
    const streams = await sealedStreams(directory);
    // Nothing to compare is not the same as nothing missing.
    if (streams.length === 0) throw new CliError('SOURCE_MISSING', `There are no segments in ${segments}.`);
    const redelivery = to === undefined ? undefined : new Redelivery(to, waitMs);
    const work = (server: Server): Promise<Reconciliation> =>
      reconcile({
        streams,
        index: new RecordIndex(server, dataStream),
        reach,
        redelivery,
        thorough: call.flags['thorough'] === true,
        waitMs,
        hold: (stream) => reasonToHoldBack(stream, trust?.policy),
      });
    let found: Reconciliation;
    try {
      found = await withElasticsearch(call, dryRun ? 'Comparing' : 'Reconciling', work);
    } finally {
      await redelivery?.close();
    }
    const exitCode = exitCodeOf(found);
    const result = { segments, dataStream, dryRun, waitMs, exitCode };
    if (call.flags['json'] === true) call.terminal.printJson(reconcileJson(found, result));
    else call.terminal.print(reconcileLines(found, result));
    return exitCode;
  },
};
