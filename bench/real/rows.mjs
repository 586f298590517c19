// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

/** The rows that need a real Elasticsearch, as in `bench/rows.mjs`. */
export const REAL_ROWS = [
  {
    name: 'search',
    title: 'Search of a million events in Elasticsearch',
    how: `\`stepseal search --elasticsearch\`, newest 50: a process of its own, from its start to its last line, over HTTP and
with a password. The server's cache of answers is emptied before each. The server's part is the sum of what all answers of one
search say they took, which a proxy between the two reads; it is the 95th percentile of 40 more runs, after 40 that are not
counted, since a server runs for months and its engine compiles what it does often.`,
    minutes: 15,
  },
  {
    name: 'verify',
    title: 'Verification of the live index against reading it',
    how: `\`verify\` of the whole data stream, every searchable field compared with the sealed bytes, against a loop that reads
the same documents with the bare client: point in time and \`search_after\` in the same order, pages of as many documents, and
nothing done with them. The same million documents and the same server, in turns. Memory is the highest resident set of
\`stepseal verify --elasticsearch\`, a process of its own.`,
    minutes: 30,
  },
  {
    name: 'storage',
    title: 'Bytes of an event in the index against the same event without its sealed bytes',
    how: `The same documents twice, in two indices of the installed template: as they are, and without
\`audit.integrity.payload\`. Both merged into one segment; size of the primary shard on disk, by the server's own count.`,
    minutes: 15,
  },
];
