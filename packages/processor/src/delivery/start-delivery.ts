// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { SealingError } from '../errors.ts';
import type { WriterOptions } from '../writer-options.ts';
import type { Carrier } from './carrier.ts';
import { Delivery } from './delivery.ts';
import type { DeliveryParts } from './delivery-parts.ts';
import { ExporterCarrier, type SealedRecordExporter } from './exporter-carrier.ts';
import { LeftBehindDirectories, LOOK_AROUND } from './left-behind.ts';
import { OtlpCarrier } from './otlp-carrier.ts';
import type { OtlpDeliveryOptions } from './otlp-options.ts';

/** Where records go; at most one of the two. */
export interface Receivers {
  readonly delivery?: OtlpDeliveryOptions;
  readonly exporter?: SealedRecordExporter;
}

/**
 * Delivery beside a writer, if there is somebody to deliver to.
 *
 * @param options of that writer
 * @throws SealingError `INVALID_OPTION`
 */
export function startDelivery(
  { delivery: otlp, exporter }: Receivers,
  options: WriterOptions,
  declare: DeliveryParts['declare'],
): Delivery | undefined {
  const carrier = carrierOf({ delivery: otlp, exporter } as Receivers, options);
  if (carrier === undefined) return undefined;
  const { files, clock, report } = options;
  const times = otlp?.lookAround ?? LOOK_AROUND;
  const delivery: Delivery = new Delivery({
    carrier,
    files,
    clock,
    report,
    declare,
    ...(otlp?.backOff === undefined ? {} : { backOff: otlp.backOff }),
    leftBehind: new LeftBehindDirectories(options, (directory) => delivery.queueOf(directory), times),
  });
  return delivery;
}

function carrierOf({ delivery, exporter }: Receivers, { clock }: WriterOptions): Carrier | undefined {
  if (delivery !== undefined && exporter !== undefined) {
    throw new SealingError('INVALID_OPTION', 'delivery and exporter are two receivers: set one of them');
  }
  if (exporter !== undefined) return new ExporterCarrier(exporter);
  return delivery === undefined ? undefined : new OtlpCarrier(delivery, clock);
}
