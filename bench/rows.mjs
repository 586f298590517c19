// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

/**
 * The rows of the table, each measured in a process of its own. `title` heads its figures, `how` says in the document what
 * is compared with what. `node` names another Node than the project's own.
 */
export const ROWS = [
  {
    name: 'embedded',
    title: 'Event-loop time of an event: sealed in a file here / exported by the stock pipeline',
    how: `Ours: emit, canonical form, hash, chain, tree, line in the file before \`emit\` returns, seals, notes and fdatasync,
with default settings. Stock: the SDK's \`LoggerProvider\`, \`BatchLogRecordProcessor\` and OTLP/HTTP protobuf exporter
with default settings, to a server in another process that takes everything; bursts of 512 wait for their export, so
that its queue never drops a record, and both sides count what arrived. The records are those capture makes: a
completed step-up with 22 attributes of its own (28 in the payload, about 1.9 kB), and a small event with 16. The
figure is processor time of the main thread, which other programs on the machine disturb less than
\`eventLoopUtilization\`; that ratio and the one of all threads stand beside it.`,
    parts: [
      ['own', 'M', 'full'],
      ['sdk', 'M', 'full'],
      ['own', 'S', 'full'],
      ['sdk', 'S', 'full'],
      ['own', 'M', 'low'],
      ['sdk', 'M', 'low'],
    ],
  },
  {
    name: 'delivered',
    title:
      'Processor time of an event until it has arrived: sealed and delivered here / exported by the stock pipeline',
    how: `Ours: everything of the row above, and delivery over OTLP/HTTP with protobuf from the segments. Stock as above.
Both send to the same kind of server, a process of its own that takes everything and counts; the counts have to be equal,
our own sealing records aside. The figure is processor time of the whole process, all threads, from the first \`emit\`
to the last answer. An event of ours is about 3.4 kB on the wire, the payload that proves it included.`,
    parts: [
      ['own', 'M'],
      ['sdk', 'M'],
      ['own', 'S'],
      ['sdk', 'S'],
    ],
  },
  {
    name: 'record-signatures',
    title: 'Event-loop time that record signatures add to an event / one signature made on the event loop',
    how: `The same pipeline with \`seal.recordSignatures\` and without, taking turns, and one bare \`crypto.sign\` with
Ed25519 over 1,900 bytes. Processor time of the main thread, from \`emit\` until all records are sealed and signed; the
signatures are counted. A thread of its own makes them, so that the processor time of the process grows by a signature for
each record.`,
    parts: [['M']],
  },
  {
    name: 'canonical',
    title: 'Canonical form of an event: ours / others',
    how: `\`encodeEvent\`, which checks, cuts and mends what an event holds and writes RFC 8785, against \`JSON.stringify\`,
which does neither, and npm \`canonicalize\`, both on a ready object with the same content, plain or with the wrappers
that name each type; only the typed form gives the same bytes. Fresh events each time; processor time, without the
collection of the inputs' garbage; all end with the bytes in a buffer.`,
    parts: [['M']],
  },
  { name: 'canonical', node: '20', parts: [['M']] },
  {
    name: 'verify',
    title: 'Verification against a bare loop',
    how: `\`verify\` over the segments that the pipeline wrote (small events, about 1.6 kB), against a loop that splits the same
lines and makes the same hashes: record, leaf, tree. \`verify\` also follows every link, reads every sealing record and
checks every note. Wall time; the signatures are checked in the thread pool, which is why a second core helps. Memory
is the highest resident set of a process that does nothing else.`,
    parts: [[]],
  },
  {
    name: 'strict',
    title: 'Strict verification against JSON.parse and the record hash',
    how: `The strict mode proves in addition that each payload is the one spelling of its content. The bare loop calls
\`JSON.parse\` on each line and makes the record hash; it proves nothing and makes no tree. Wall time.`,
    parts: [[]],
  },
  {
    name: 'search',
    title: 'Search of a million records',
    how: `\`stepseal search\` on the segments that the pipeline wrote: 250,000 step-ups of four small events each (demand,
challenge, result, access). A process of its own, from its start to its last line; it has no index, and reads all of the
segments twice: for what matches, and for the other records of the step-ups that it shows. The segments are in the page
cache of the operating system, as after they were written. Wall time.`,
    parts: [[]],
  },
  {
    name: 'commit',
    title: 'Acknowledged records a second against raw group commit',
    how: `Ours: \`commit(record)\`, which resolves when an fdatasync covers the record. Raw: the same lines written as they come
and one fdatasync at a time, by a loop that does nothing else. Each committer waits for a record before it makes the
next.`,
    parts: [[]],
  },
  {
    name: 'untouched-request',
    title: 'Throughput lost by a request that triggers no step-up',
    how: `Processes of one service with OpenTelemetry's HTTP instrumentation, whose spans go nowhere: one was started with
\`--import @stepseal/instrumentation/register\`, one without, and one that loads the same modules and starts nothing. Over
16 connections that are kept alive they are asked in turns for a small JSON answer, by a client that costs far less than
they do; the first 35,000 requests to each do not count. There are eight such sets of processes, so the figure is the
median of eight, each the median of 60 rounds, and the range is theirs. It is requests in a second of the server's processor
time, all threads, which is what bounds its throughput; what was answered in a second of the clock stands beside it and
depends on what else the machine does.`,
    parts: [['express'], ['fastify']],
  },
];
