// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { createServer } from 'node:http';

let records = 0;

const server = createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    records += countRecords(Buffer.concat(chunks));
    response.writeHead(200, { 'content-type': 'application/x-protobuf', 'content-length': 0 });
    response.end();
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
process.on('message', () => process.send({ records }));
process.on('disconnect', () => process.exit());

/** ExportLogsServiceRequest: resource_logs = 1, in it scope_logs = 2, in it log_records = 2. */
function countRecords(body) {
  let count = 0;
  for (const resource of fields(body, 0, body.length, 1)) {
    for (const scope of fields(body, ...resource, 2)) {
      for (const _ of fields(body, ...scope, 2)) count++;
    }
  }
  return count;
}

function* fields(bytes, start, end, wanted) {
  for (let at = start; at < end; ) {
    const tag = bytes[at++];
    // Nothing on the way to a log record is of another type than "length-delimited".
    if ((tag & 7) !== 2) throw new Error('unexpected field');
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      length += (byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    if (tag >> 3 === wanted) yield [at, at + length];
    at += length;
  }
}
