// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { ALL } from './bases.ts';
import { C, I, T, V, VU } from './expect.ts';
import type { Expected } from './scenario.ts';

/** One expectation for all bases of a variant, or one for each. */
export type Expectation = Expected | Readonly<Record<string, Expected>>;

/** Number of the last record under a note, by base. */
const SEALED: Readonly<Record<string, number>> = { closed: 19, rolled: 19, crashed: 17, live: 17, adopted: 17 };

const perBase = (expected: (sealed: number, base: string) => Expected): Readonly<Record<string, Expected>> =>
  Object.fromEntries(Object.entries(SEALED).map(([base, sealed]) => [base, expected(sealed, base)]));

/** Row 75: as many records as the successor names, else as many as were known. */
const missing: Expectation = perBase((sealed, base) => T('STREAM_MISSING', 1, base === 'adopted' ? 19 : sealed));

/** Row 63: from seal 12 to record 19, then five seconds until the new process opens. */
const UNCOVERED_63 = 5 * 40 + 5_000;

/** From `from` on nothing is proved: the root of every later note is another one. */
const mismatchFrom = (from: number): Expectation => perBase((sealed) => T('SEAL_MISMATCH', from, sealed));

/**
 * The conformance table: what each row of the attack suite must lead to, by row number and variant. Written from the
 * evidence format alone (docs/spec), never from what the verifier says. `from` and `to` are record numbers.
 */
export const EXPECTATIONS: Readonly<Record<number, Readonly<Record<string, Expectation>>>> = {
  5: {
    'int to string, record 3': T('MODIFIED', 3),
    'int to string, record 8': T('MODIFIED', 8),
    'int to double, record 8': T('MODIFIED', 8),
    'int to double, record 16': T('MODIFIED', 16),
    'string to int, record 2': T('MODIFIED', 2),
    'string to double, record 10': T('MODIFIED', 10),
    'bool to string, record 10': T('MODIFIED', 10),
    'string to bytes, record 7': T('MODIFIED', 7),
    'last record before the close, int to string': T('MODIFIED', 18),
  },
  6: {
    'integer attribute beyond 2^53 by one': T('MODIFIED', 15),
    'timestamp by one nanosecond, record 8': T('MODIFIED', 8),
    'observed timestamp by one nanosecond, record 2': T('MODIFIED', 2),
    'double by its last bit': T('MODIFIED', 15),
  },
  7: {
    'invalid byte for a replacement character': T('MALFORMED', 15),
    'surrogate as three bytes for a replacement character': T('MALFORMED', 15),
    'overlong slash': T('MALFORMED', 16),
    'escaped lone surrogate for a replacement character': T('MALFORMED', 15),
    'escaped letter': T('MALFORMED', 8),
    'escaped lone surrogate sealed by the writer itself': T('MALFORMED', 3),
  },
  8: {
    'duplicate top-level key': T('MALFORMED', 8),
    'duplicate attribute': T('MALFORMED', 8),
    'duplicate wrapper': T('MALFORMED', 8),
    'top-level __proto__': T('MALFORMED', 2),
    '__proto__ for a wrapper': T('MALFORMED', 16),
    'attribute named __proto__': T('MODIFIED', 8),
    'unknown wrapper': T('MALFORMED', 8),
    'duplicate attribute sealed by the writer itself': T('MALFORMED', 3),
    'second spelling of a number sealed by the writer itself': T('MALFORMED', 3),
  },
  9: {
    'the first after the open record': T('RECORD_MISSING', 2),
    'one in the middle': T('RECORD_MISSING', 9),
    'the last under the last common note': T('RECORD_MISSING', 16),
    'the last before the close': T('RECORD_MISSING', 18),
    'a sealing record, its note kept': T('RECORD_MISSING', 11),
    'three together': T('RECORD_MISSING', 7, 9),
    'two apart': T('RECORD_MISSING', 3, 3, { also: [{ code: 'RECORD_MISSING', stream: 'target', from: 15, to: 15 }] }),
    'the gap record': T('RECORD_MISSING', 14),
  },
  10: {
    'records 2 to 3': mismatchFrom(2),
    'record 8 alone': mismatchFrom(7),
    'records 7 to 9': mismatchFrom(7),
    'records 13 to 16': mismatchFrom(13),
    'record 18, the last before the close': T('SEAL_MISMATCH', 18, 19),
    'open record edited': mismatchFrom(1),
    'gap of two edited to one': mismatchFrom(13),
  },
  11: {
    'the open record, its note kept': T('GENESIS_MISSING', 1),
    'the open record and its note': T('GENESIS_MISSING', 1),
    'the first three': T('GENESIS_MISSING', 1, 3),
    'up to the first seal': T('GENESIS_MISSING', 1, 6),
    'up to note 12': T('GENESIS_MISSING', 1, 12),
  },
  12: {
    'at note 17': I('TAIL_UNSEALED', 18),
    'at note 12': I('TAIL_UNSEALED', 13),
    'at note 1': I('TAIL_UNSEALED', 2),
    'after record 9, in no seal': I('TAIL_UNSEALED', 7, 9),
    'in the middle of record 9': I('TAIL_UNSEALED', 7, 8),
    'before the note of record 17': I('TAIL_UNSEALED', 13, 17),
    'before the note of the close record': I('TAIL_UNSEALED', 18, 19),
    'in the middle of the note of the close record': I('TAIL_UNSEALED', 18, 19),
  },
  13: {
    'to note 12, known heads': perBase((sealed) => T('TRUNCATED', 13, sealed)),
    'to note 1, known heads': perBase((sealed) => T('TRUNCATED', 2, sealed)),
    'to record 9, known heads': perBase((sealed) => T('TRUNCATED', 10, sealed)),
    'live stream to note 12, known heads': T('TRUNCATED', 13, 17),
    'to note 12, another source whole': perBase((sealed) => T('TRUNCATED', 13, sealed)),
    'to record 9, another source whole': perBase((sealed) => T('TRUNCATED', 10, sealed)),
    'to note 12, pinned by the successor': T('TRUNCATED', 13, 19),
    'to record 9, pinned by the successor': T('TRUNCATED', 10, 19),
    // Where the close record alone vouched for the next stream's key, the successor's word is gone with it.
    'to note 12, a rolled stream behind it': {
      rolled: T('TRUNCATED', 13, 19),
      handed: C('KEY_NOT_AUTHORISED', 'next'),
    },
    'to record 9, a rolled stream behind it': {
      rolled: T('TRUNCATED', 10, 19),
      handed: C('KEY_NOT_AUTHORISED', 'next'),
    },
    'to note 12, a rolled stream behind it, known heads': T('TRUNCATED', 13, 19),
    'unsealed tail cut, pinned by the successor': T('TRUNCATED', 18, 19),
    'only the unsealed tail cut, known heads': I('TAIL_UNSEALED', 18),
  },
  14: {
    'behind record 7, three records lost': T('RECORD_MISSING', 8, 10),
    'behind record 5, three seals lost': T('RECORD_MISSING', 6, 12),
    'behind the open record and before its note': T('RECORD_MISSING', 2, 3),
    'in the middle of record 8, the next line glued to it': T('MALFORMED', 8),
  },
  15: {
    'the one a successor names': T('STREAM_MISSING', 1, 19),
    'named by a successor and by known heads': T('STREAM_MISSING', 1, 19),
    // Without the identity, keys of rolled streams are vouched for by the one before them, back to the first.
    'the middle one of three rolled': { rolled: T('STREAM_MISSING', 1, 19), handed: C('KEY_NOT_AUTHORISED', 'next') },
    'the middle one of three rolled, known heads': T('STREAM_MISSING', 1, 19),
    'the first one of three rolled': {
      rolled: T('STREAM_MISSING', 1, 4, { stream: 'first' }),
      handed: C('KEY_NOT_AUTHORISED'),
    },
    'the first one of three rolled, known heads': T('STREAM_MISSING', 1, 4, { stream: 'first' }),
    'the last of three rolled, unknown before': I('SUCCESSOR_MISSING'),
    'the successor of a crash, unknown before': I('TAIL_UNSEALED', 18, 19),
    'only the successor’s file was given': I('STREAM_MISSING', 1, 19),
  },
  18: {
    'neighbours in the middle': T('REORDERED', 8, 9),
    'the first two after the open record': T('REORDERED', 2, 3),
    'far apart, over seals': T('REORDERED', 3, 15),
    'a record and the sealing record behind it': T('REORDERED', 16, 17),
    'the last two of a closed stream': T('REORDERED', 18, 19),
    'two notes next to each other': T('REORDERED', 11, 12),
    'two notes far apart': T('REORDERED', 6, 17),
  },
  19: {
    'files in reverse order': { rolled: V(), adopted: V('ADOPTED') },
    'each file a source of its own, newest first': { rolled: V(), adopted: V('ADOPTED') },
    'a seal that later records overtook before its note': V(),
  },
  20: {
    'in the place of record 9, before it': T('INSERTED', 9),
    'in the place of record 9, behind it': T('INSERTED', 9),
    'behind record 9 as a second number 10': T('INSERTED', 10),
    'in the place of record 2': T('INSERTED', 2),
    'in the place of record 16, behind the seal': T('INSERTED', 16),
    'a copy of the genuine one under another record id': T('INSERTED', 9),
  },
  21: {
    'inserted behind record 8': T('FOREIGN_STREAM', 3),
    'in the place of record 9, with its number': T('FOREIGN_STREAM', 9),
    'the other stream’s open record': T('FOREIGN_STREAM', 1),
    'a sealing record and its note': T('FOREIGN_STREAM', 14),
  },
  22: {
    'the same files in two sources': {
      closed: V('DUPLICATE_IDENTICAL'),
      crashed: I('TAIL_UNSEALED', 18, 19, { also: [{ code: 'DUPLICATE_IDENTICAL', stream: 'target' }] }),
      live: V('TAIL_OPEN', 'DUPLICATE_IDENTICAL'),
      adopted: V('ADOPTED', 'DUPLICATE_IDENTICAL', 'DUPLICATE_IDENTICAL'),
      rolled: V('DUPLICATE_IDENTICAL', 'DUPLICATE_IDENTICAL', 'DUPLICATE_IDENTICAL'),
    },
    'one file under two names': {
      closed: V('DUPLICATE_IDENTICAL'),
      crashed: I('TAIL_UNSEALED', 18, 19, { also: [{ code: 'DUPLICATE_IDENTICAL', stream: 'target' }] }),
      adopted: V('ADOPTED', 'DUPLICATE_IDENTICAL'),
    },
  },
  23: {
    'two sources, parted at record 5': T('EQUIVOCATION', 5),
    'two sources, parted at record 2': T('EQUIVOCATION', 2),
    'two writer directories, parted at record 9': T('EQUIVOCATION', 9),
    'two successors of one crashed stream': T('EQUIVOCATION'),
  },
  25: {
    'the whole stream once more': T('AFTER_END', 1),
    'one old record': T('AFTER_END', 9),
    'the close record once more': T('AFTER_END', 19),
    'a forged next record': T('AFTER_END', 20),
    'a record of the stream before': T('AFTER_END', 2),
  },
  26: {
    'records 7 to 10': T('CHAIN_BROKEN', 7, 11),
    'the suffix from 13, with the other stream’s notes': T('CHAIN_BROKEN', 13, 15),
    'records 2 to 5': T('CHAIN_BROKEN', 2, 6),
  },
  27: {
    'suffix rewritten, known head of the same size': T('EQUIVOCATION', 1, 19),
    'suffix rewritten, known head in the middle of it': T('EQUIVOCATION', 1, 17),
    'suffix rewritten and shorter than known': T('TRUNCATED', 18, 19),
    'suffix rewritten, genuine copy in another source': T('EQUIVOCATION', 13),
    'suffix rewritten, the successor pins the genuine end': {
      // The successor pins a record under no note: the link to it is what breaks.
      adopted: T('MODIFIED', 19),
      rolled: T('EQUIVOCATION', 19),
    },
    // A limit, stated in every report: until a note is held by somebody else, who holds its key can write it anew.
    'suffix rewritten before anybody looked': V(),
    'known head older than the rewritten suffix': V(),
    'key of one stream used for the next': T('KEY_NOT_AUTHORISED', undefined, undefined, { stream: 'next' }),
    'rolls on into a stream of the thief': T('KEY_NOT_AUTHORISED', undefined, undefined, { stream: 'next' }),
    // A limit of the first software: its close records vouched for what followed.
    'rolls on into a stream of the thief, first software': V(),
    'rolls on into a stream that claims the identity': T('NOTE_INVALID', 1, 1, { stream: 'next' }),
    'rolls on into a stream under an identity of the thief': T('KEY_NOT_AUTHORISED', undefined, undefined, {
      stream: 'next',
    }),
  },
  29: {
    'stream named by a close record, under the attacker’s key': T('KEY_NOT_AUTHORISED', undefined, undefined, {
      stream: 'next',
    }),
    'predecessor named by an open record, under the attacker’s identity': T('KEY_NOT_AUTHORISED'),
    // Who steals the identity cannot take the place of a stream that was promised to another key.
    'stream named by a close record, under the genuine identity and another key': T(
      'KEY_NOT_AUTHORISED',
      undefined,
      undefined,
      { stream: 'next' },
    ),
  },
  30: {
    ...Object.fromEntries(
      [0, 1, 2, 3, 7].flatMap((records) =>
        ['sealed', 'not yet sealed'].map((seal): [string, Expected] => [`after ${records} records, ${seal}`, V()]),
      ),
    ),
    'identity rotated after a normal end': V(),
    'identity rotated after a crash': V('ADOPTED'),
  },
  31: {
    'HMAC-SHA256 with the public key, note 11': T('NOTE_INVALID', 11),
    'HMAC-SHA512 with the public key, note 11': T('NOTE_INVALID', 11),
    'HMAC-SHA512 with the public key, open note': T('NOTE_INVALID', 1),
    'HMAC-SHA512 with the public key, closing note': T('NOTE_INVALID', 19),
    'none: 64 zero bytes, note 6': T('NOTE_INVALID', 6),
    'none: one byte, note 6': T('NOTE_INVALID', 6),
    'ECDSA, note 12': T('NOTE_INVALID', 12),
    'timestamped cosignature by the right key, note 11': T('NOTE_INVALID', 11),
    'signature over another message by the right key, note 11': T('NOTE_INVALID', 11),
  },
  32: {
    'broken one of the stream key, valid one of a stranger': T('NOTE_INVALID', 11),
    'valid one of a stranger first': T('NOTE_INVALID', 11),
    'a stranger’s beside the valid one': T('NOTE_INVALID', 11),
    'the valid one twice': T('NOTE_INVALID', 11),
    'only a stranger’s': T('NOTE_INVALID', 11),
    'open note: identity broken, stream valid': T('NOTE_INVALID', 1),
    'open note: identity valid, stream broken': T('NOTE_INVALID', 1),
    'open note: identity left out': T('NOTE_INVALID', 1),
    'open note: stream left out': T('NOTE_INVALID', 1),
    'open note of a rolled stream: a stranger added': T('NOTE_INVALID', 1),
  },
  33: {
    'a part of the name': T('NOTE_INVALID', 11),
    'a longer name': T('NOTE_INVALID', 11),
    'a look-alike name': T('NOTE_INVALID', 11),
    'name in capitals': T('NOTE_INVALID', 11),
    'another key with the same name and key id': T('NOTE_INVALID', 11),
    'whole stream under an identity with the trusted key id': C('KEY_NOT_AUTHORISED', 'target'),
    'whole stream of a look-alike deployment': C('KEY_NOT_AUTHORISED', 'target'),
    'whole stream of a deployment that is part of the name': C('KEY_NOT_AUTHORISED', 'target'),
  },
  39: {
    'size 0 with the root of nothing': T('MALFORMED'),
    'size 0 with another root': T('MALFORMED'),
    'size 2^63': T('MALFORMED'),
    'size 2^53': T('MALFORMED'),
    'leading zero': T('MALFORMED'),
    'plus sign': T('MALFORMED'),
    negative: T('MALFORMED'),
    exponent: T('MALFORMED'),
    'root of 31 bytes': T('MALFORMED'),
    'root without padding': T('MALFORMED'),
    'extension line': T('MALFORMED'),
    'lone checkpoint, size 0 with the root of nothing': zeroRecords(),
    'lone checkpoint, size 0 with another root': zeroRecords(),
    'lone checkpoint, size 2^63': zeroRecords(),
    'lone checkpoint, leading zeros': zeroRecords(),
    'lone checkpoint, well-formed': zeroRecords(),
  },
  42: {
    'a line feed': T('TRAILING_DATA', 19),
    'one zero byte': T('TRAILING_DATA', 19),
    'a hole of 4096 zeros': T('TRAILING_DATA', 19),
    'text without line feed': T('TRAILING_DATA', 19),
    'text with line feed': T('TRAILING_DATA', 19),
    'half a record': T('TRAILING_DATA', 19),
    'a JSON object that is no record': T('TRAILING_DATA', 19),
    'the closing note once more': T('TRAILING_DATA', 19),
    'an older note': T('TRAILING_DATA', 19),
  },
  43: {
    'two heartbeats in a row with their notes': T('RECORD_MISSING', 11, 12),
    'two seals after each other with their notes': T('RECORD_MISSING', 6, 6, {
      also: [{ code: 'RECORD_MISSING', stream: 'target', from: 11, to: 11 }],
    }),
    'two notes only': T('NOTE_MISSING', 11, 11, {
      also: [{ code: 'NOTE_MISSING', stream: 'target', from: 12, to: 12 }],
    }),
    'one note only': T('NOTE_MISSING', 6),
    'every note but the first and the last': T('NOTE_MISSING', 6, 6, {
      also: [11, 12, 17].map((number) => ({ code: 'NOTE_MISSING', stream: 'target', from: number, to: number })),
    }),
  },
  44: {
    'by three seconds': V('CLOCK_ROLLBACK'),
    'by an hour': V('CLOCK_ROLLBACK'),
    'by less than passed meanwhile': V(),
  },
  47: {
    'too high': T('COUNT_MISMATCH', 7),
    'too low': T('COUNT_MISMATCH', 7),
    zero: T('COUNT_MISMATCH', 7),
    'wrong in the close record': T('COUNT_MISMATCH', 4),
  },
  48: {
    '90.001 seconds': I('HEARTBEAT_GAP', 5),
    'one hour': I('HEARTBEAT_GAP', 5),
    'exactly 90 seconds': V(),
    'the wall clock jumped, the monotonic one did not': V(),
  },
  49: crashExpectations(),
  50: {
    'forked process with a stream of its own': V(),
    'snapshot restored twice, ids used twice': T('EQUIVOCATION', 2),
  },
  57: {
    'empty directory': C('ZERO_RECORDS'),
    'empty file': C('ZERO_RECORDS'),
    'no source at all': C('ZERO_RECORDS'),
    'no trust policy': C('NO_TRUST_POLICY'),
    'policy of another deployment': C('KEY_NOT_AUTHORISED'),
    'policy with another key for the deployment': C('KEY_NOT_AUTHORISED'),
    'policy with the stream key for an identity': C('KEY_NOT_AUTHORISED', 'target'),
  },
  58: {
    'a note of a million signature lines': zeroRecords(),
    'a million opening brackets': zeroRecords(),
    'a million nested attributes': zeroRecords(),
    'a million empty lines': zeroRecords(),
    'a million empty objects': zeroRecords(),
    'one line of 100 MiB': zeroRecords(),
    'a gzip bomb': zeroRecords(),
    zeros: zeroRecords(),
    'a hundred thousand notes': zeroRecords(),
    'a million signature lines inside a genuine stream': T('MALFORMED', 9),
    'a million brackets inside a genuine stream': T('MALFORMED', 9),
    'twenty thousand forged candidates for one record': T('INSERTED', 9),
  },
  61: {
    'cut at note 6': T('SEAL_MISMATCH', 2, 6),
    'cut at note 12': T('SEAL_MISMATCH', 12),
    'cut at note 17': T('SEAL_MISMATCH', 13, 17),
    'cut at note 12, made a close record': T('SEAL_MISMATCH', 12),
  },
  62: {
    'wall time': {
      closed: T('SEAL_MISMATCH', 18, 19),
      rolled: T('SEAL_MISMATCH', 18, 19),
      crashed: T('SEAL_MISMATCH', 13, 17),
    },
    'monotonic time': {
      closed: T('SEAL_MISMATCH', 18, 19),
      rolled: T('SEAL_MISMATCH', 18, 19),
      crashed: T('SEAL_MISMATCH', 13, 17),
    },
    'refused total': {
      closed: T('SEAL_MISMATCH', 18, 19),
      rolled: T('SEAL_MISMATCH', 18, 19),
      crashed: T('SEAL_MISMATCH', 13, 17),
    },
    'refused total, with records behind the note': T('MODIFIED', 17),
  },
  63: {
    'at note 12, known heads': T('TRUNCATED', 13, 17),
    'at note 1, known heads': T('TRUNCATED', 2, 17),
    'at note 12, another source': T('TRUNCATED', 13, 17),
    'at note 12, nothing else kept': VU(UNCOVERED_63, 'ADOPTED'),
    'at the newest note, known heads': V('ADOPTED'),
  },
  64: {
    'without the newest stream': T('ROLLBACK', undefined, undefined, { stream: 'next' }),
    'without the two newest streams': T('ROLLBACK', undefined, undefined, { stream: 'next' }),
    'without the successor of a crash': T('ROLLBACK', undefined, undefined, { stream: 'next' }),
  },
  65: {
    'one record edited and linked again': VU(5_080, 'ADOPTED'),
    'both records dropped': VU(5_080, 'ADOPTED'),
    'a record added': VU(5_080, 'ADOPTED'),
    'rewritten, no successor yet': I('TAIL_UNSEALED', 18, 19),
    'edited without linking, no successor yet': I('TAIL_UNSEALED', 18),
    'rewritten after the successor had pinned it': T('MODIFIED', 19),
    'one record edited in place after the successor had pinned it': T('MODIFIED', 18),
  },
  66: {
    'record 9 loses the end of its line': T('MALFORMED', 9),
    'record 2 loses all but its first byte': T('MALFORMED', 2),
    'first brace of record 9 flipped': T('MALFORMED', 9),
    'line feed of record 9 flipped': T('MALFORMED', 9),
    'sealing record under the last note torn': { closed: T('MALFORMED', 19), crashed: T('MALFORMED', 17) },
    'zeros in the middle of record 9': T('MALFORMED', 9),
    'empty line': T('MALFORMED', 8),
    'carriage return before the line feed of record 9': T('MALFORMED', 9),
    'half a record before note 11': T('MALFORMED'),
  },
  67: {
    alone: C('KEY_NOT_AUTHORISED', 'target'),
    'beside a genuine stream': C('KEY_NOT_AUTHORISED', 'target'),
    'with no identity at all': C('KEY_NOT_AUTHORISED', 'target'),
  },
  68: {
    'genuine stream of the other deployment': C('KEY_NOT_AUTHORISED', 'target'),
    'open record claims the trusted deployment, notes say the other': C('KEY_NOT_AUTHORISED', 'target'),
    'open record says the other deployment, notes claim the trusted one': C('KEY_NOT_AUTHORISED', 'target'),
    'beside a genuine stream': C('KEY_NOT_AUTHORISED', 'target'),
  },
  72: Object.fromEntries(
    [
      'lone high surrogate',
      'lone low surrogate at the end',
      'nothing but a lone surrogate',
      'text of 10 MB',
      'text of 10 MB of four-byte letters',
      'NUL',
      'control characters and line ends',
      'text that is JSON',
      'text that is a note line',
      'attribute named __proto__',
      'attribute named constructor',
      'attribute of the chain',
      'attribute with a lone surrogate in its name',
      'number instead of text',
      'not a number',
      'infinite number',
      'null',
      'cyclic object',
      'getter that throws',
    ].map((name) => [name, V()]),
  ),
  74: {
    'one beside record 9': T('INSERTED', 9),
    'one beside each of 8, 9 and 10': T('INSERTED', 8, 8, {
      also: [9, 10].map((number) => ({ code: 'INSERTED', stream: 'target', from: number, to: number })),
    }),
    'a fake with a fake follower': T('INSERTED', 9, 9, {
      also: [{ code: 'INSERTED', stream: 'target', from: 10, to: 10 }],
    }),
    'in a file of its own': T('GENESIS_MISSING', 1, 8),
  },
  75: {
    'declared, unknown before': prunedOn(),
    'declared, known heads': prunedOn(),
    'declared with the records that no note covered': { crashed: V('PRUNED'), adopted: V('PRUNED') },
    'all streams but the one that declares it': V('PRUNED', 'PRUNED', 'PRUNED'),
    'declared anew when the stream that declared it is deleted': V('PRUNED', 'PRUNED'),
    'declared before a crash that left the file': {
      closed: V(),
      crashed: I('TAIL_UNSEALED', 18, 19),
      live: V('TAIL_OPEN'),
      adopted: V('ADOPTED'),
      rolled: V(),
    },
    'undeclared, known heads': missing,
    'declared with another root, known heads': perBase((sealed) => T('STREAM_MISSING', 1, sealed)),
    'declared with fewer records, known heads': perBase((sealed) => T('STREAM_MISSING', 1, sealed)),
    'declared with more records than its closing note': T('STREAM_MISSING', 1, 19),
    'declared with fewer records than its successor names': T('STREAM_MISSING', 1, 19),
    'declared under no note': missing,
    'declared by a stream that nobody vouches for': missing,
    'declared by another deployment of the policy': missing,
    'another stream declared': missing,
  },
};

/** Of streams whose keys close records alone vouch for, what follows a deleted one is left without proof. */
function prunedOn(): Expectation {
  const verified = Object.fromEntries(ALL.map((base) => [base, V('PRUNED')]));
  return { ...verified, handed: C('KEY_NOT_AUTHORISED', 'next') };
}

/** No record at all is under a trusted note, whatever else is said of the input. */
function zeroRecords(): Expected {
  return { grade: 'CANNOT_VERIFY', exitCode: 3, also: [{ code: 'ZERO_RECORDS' }] };
}

/** Row 49: incomplete until a new process has adopted what the crash left, then verified. Never tampered, never lost. */
function crashExpectations(): Readonly<Record<string, Expectation>> {
  const tails: Readonly<Record<string, readonly [last: number | undefined, adopted: Expected]>> = {
    'killed behind its last note': [undefined, V('ADOPTED')],
    'killed with records under no note': [19, V('ADOPTED')],
    'killed between a sealing record and its note': [19, V('ADOPTED')],
    'killed between the close record and its note': [19, V('ADOPTED')],
    'power cut in a record': [18, V('ADOPTED')],
    'power cut in a note': [19, V('ADOPTED')],
    'power cut one byte before the end of a note': [19, V('ADOPTED')],
    'power cut in the closing note': [19, V('ADOPTED')],
    'hole of zeros at the end': [18, V('ADOPTED')],
    'hole of zeros and a whole record behind it': [18, V('ADOPTED')],
    'hole of zeros in the closing note': [19, V('ADOPTED')],
  };
  const expected: Record<string, Expectation> = {};
  for (const [name, [last, adopted]] of Object.entries(tails)) {
    expected[`${name}, alone`] = I('TAIL_UNSEALED', 18, last);
    expected[`${name}, adopted`] = adopted;
  }
  return {
    ...expected,
    'killed before the open note, alone': C('TAIL_UNSEALED', 'target'),
    'killed before the open note, adopted': V('ADOPTED'),
    'killed three times in a row, each adopted': V('ADOPTED', 'ADOPTED', 'ADOPTED'),
    'killed between the close of a roll and the next open record': I('SUCCESSOR_MISSING'),
  };
}
