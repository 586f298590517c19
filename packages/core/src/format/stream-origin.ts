// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { FormatError } from '../errors.ts';

const DEPLOYMENT = /^[a-z0-9.-]+(?:\/[a-z0-9._-]+)*$/;
const DEPLOYMENT_MAX = 255;
const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const INFIX = '/stream/';

/** Whether `name` can name a deployment: `[a-z0-9.-]+(/[a-z0-9._-]+)*`, at most 255 characters. */
export function isDeploymentName(name: string): boolean {
  return name.length <= DEPLOYMENT_MAX && DEPLOYMENT.test(name);
}

/** Whether `text` is a UUIDv7 (RFC 9562 section 5.7) in lower case, as stream and record ids are. */
export function isUuidV7(text: string): boolean {
  return UUID_V7.test(text);
}

/**
 * The checkpoint origin of a stream: `<deployment>/stream/<stream id>`.
 *
 * @throws FormatError `CHECKPOINT_MALFORMED`
 */
export function streamOrigin(deployment: string, streamId: string): string {
  if (!isDeploymentName(deployment) || !isUuidV7(streamId)) fail();
  return `${deployment}${INFIX}${streamId}`;
}

/**
 * The parts of a stream's checkpoint origin.
 *
 * @throws FormatError `CHECKPOINT_MALFORMED`
 */
export function parseStreamOrigin(origin: string): { deployment: string; streamId: string } {
  const at = origin.lastIndexOf(INFIX);
  if (at < 0) fail();
  const deployment = origin.slice(0, at);
  const streamId = origin.slice(at + INFIX.length);
  if (!isDeploymentName(deployment) || !isUuidV7(streamId)) fail();
  return { deployment, streamId };
}

function fail(): never {
  throw new FormatError('CHECKPOINT_MALFORMED', "not a stream's origin");
}
