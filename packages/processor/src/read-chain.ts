// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { type Chain, parsePayload, proveChain } from '@stepseal/core/format';

/** What a record says of its place in its stream. @throws FormatError when the bytes are no payload */
export function readChain(bytes: Buffer): Chain {
  return proveChain(bytes) ?? parsedChain(bytes);
}

function parsedChain(bytes: Buffer): Chain {
  const { attributes } = parsePayload(bytes);
  const text = (name: string): string | undefined => {
    const value = attributes.get(name);
    return value?.type === 'string' ? value.value : undefined;
  };
  const number = attributes.get('audit.sequence.number');
  return {
    streamId: text('audit.sequence.stream_id'),
    number: number?.type === 'int' ? Number(number.value) : undefined,
    previousHash: text('audit.sequence.previous_hash'),
  };
}
