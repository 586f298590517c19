// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { I, T, V } from '../../attacks/expect.ts';
import { expectedOn } from '../../attacks/expected-on.ts';
import type { Expected, ExpectedFinding } from '../../attacks/scenario.ts';

const altered = (number: number, field: string): Expected => T('PROJECTION_MISMATCH', number, number, { field });
/** Of attributes that are not the registry's the name is not told, only where they stand. */
const foreign = (number: number): Expected => altered(number, 'attributes');
const attribute = (number: number, name: string): Expected => altered(number, `attributes.${name}`);
const resource = (number: number): Expected =>
  T('RESOURCE_ALTERED', number, number, { field: 'resource.attributes.service.name' });
/** A finding that concerns no stream. */
const loose = (verdict: Pick<Expected, 'grade' | 'exitCode'>, code: string, field?: string): Expected => ({
  ...verdict,
  primary: { code, ...(field === undefined ? {} : { field }) },
});
const TAMPERED = { grade: 'TAMPERED', exitCode: 1 } as const;
const INCOMPLETE = { grade: 'INCOMPLETE', exitCode: 2 } as const;
const also = (code: string, from?: number, to = from): { readonly also: readonly ExpectedFinding[] } => ({
  also: [{ code, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }],
});

const zeroRecords = (besides: string): Expected => ({
  grade: 'CANNOT_VERIFY',
  exitCode: 3,
  primary: { code: 'ZERO_RECORDS' },
  ...also(besides),
});

/** Number of the last record under a note, by base. */
const LAST = 19;

/**
 * The conformance table on documents of a store, by row number and variant. Written from the evidence format alone
 * (docs/spec), never from what the verifier says. `from` and `to` are record numbers, `field` is the path in the document.
 */
export const EXPECTATIONS: Readonly<Record<number, Readonly<Record<string, Expected>>>> = {
  1: {
    ...Object.fromEntries(
      Array.from({ length: LAST - 1 }, (_, index) => [`record ${index + 1}`, T('MODIFIED', index + 1)]),
    ),
    // Nothing names the hash of the last record but the root of its own note.
    'record 19': T('SEAL_MISMATCH', 18, 19),
    'bytes, fields and hash, under the same id': T('MODIFIED', 9),
    'bytes, fields, hash and id': T('MODIFIED', 9),
    'bytes and hash, fields left': T('MODIFIED', 9),
    'one space': T('MALFORMED', 9),
    'cut at 100 characters': T('RECORD_MISSING', 9, 9, also('UNSEALED_DOCUMENT')),
    'last character cut': T('MALFORMED', 9),
    'no JSON': T('RECORD_MISSING', 9, 9, also('UNSEALED_DOCUMENT')),
    empty: T('RECORD_MISSING', 9, 9, also('UNSEALED_DOCUMENT')),
    'bytes of the next record': T('RECORD_MISSING', 9, 9, also('REPLAY', 10)),
    'bytes taken away': T('RECORD_MISSING', 9, 9, also('UNSEALED_DOCUMENT')),
    'a note edited': T('NOTE_INVALID', 11),
    'a note taken away': T('NOTE_MISSING', 11),
    'two notes exchanged': T('REORDERED', 11, 12),
    'note of the open record taken away': T('NOTE_MISSING', 1),
  },
  3: {
    'text: outcome failed to passed': attribute(3, 'step_up.outcome'),
    'text by one letter': attribute(2, 'user.hash'),
    'text to its capitals': attribute(3, 'step_up.outcome'),
    'text emptied': attribute(2, 'http.route'),
    'text to null': attribute(2, 'http.route'),
    'text and another beside it': attribute(3, 'step_up.outcome'),
    'text to an array of it alone': attribute(3, 'step_up.outcome'),
    'text to an object': attribute(3, 'step_up.outcome'),
    'integer by one': attribute(2, 'step_up.risk.score_milli'),
    'integer to text': attribute(2, 'step_up.risk.score_milli'),
    'integer to double': attribute(2, 'step_up.risk.score_milli'),
    'integer beyond 2^53 by one': foreign(6),
    'smallest integer by one': foreign(6),
    'sequence number': attribute(11, 'audit.sequence.number'),
    'stream id': attribute(11, 'audit.sequence.stream_id'),
    'previous hash': attribute(11, 'audit.sequence.previous_hash'),
    'record id': attribute(11, 'audit.record.id'),
    'boolean turned': attribute(4, 'step_up.requirement_met'),
    'boolean to text': attribute(4, 'step_up.requirement_met'),
    'boolean of a foreign record': foreign(7),
    'array: one text changed': attribute(2, 'step_up.acr.requested'),
    'array: order changed': attribute(2, 'step_up.acr.requested'),
    'array: one more': attribute(2, 'step_up.acr.requested'),
    'array: one twice': attribute(2, 'step_up.acr.requested'),
    'array: empty one filled': foreign(6),
    'array: null inside': attribute(2, 'step_up.acr.requested'),
    'double by its last digit': foreign(6),
    'double whole to another': foreign(6),
    'double tiny to zero': foreign(6),
    'bytes by one bit': foreign(6),
    'map: one member changed': foreign(6),
    'map: one member more': foreign(6),
    'map: one member less': foreign(6),
    address: attribute(2, 'client.address'),
    'body: another sentence': altered(2, 'body'),
    'body: another sentence beside it': altered(2, 'body'),
    'body: added to a record without': altered(4, 'body'),
    'body: of a foreign record': altered(7, 'body'),
    'body: another form of it': altered(7, 'body'),
    'event name': altered(3, 'event_name'),
    'event name of a foreign record': altered(6, 'event_name'),
    'event name and another beside it': altered(3, 'event_name'),
    'trace id by one digit': altered(2, 'trace_id'),
    'trace id in capitals': altered(2, 'trace_id'),
    'trace id added to a record without': altered(4, 'trace_id'),
    'span id': altered(2, 'span_id'),
    'time by a millisecond': altered(3, '@timestamp'),
    'time by a year': altered(3, '@timestamp'),
    'time by one nanosecond': altered(7, '@timestamp'),
    'nanoseconds dropped': altered(7, '@timestamp'),
    'time as a date one millisecond later': altered(3, '@timestamp'),
    'observed time': altered(3, 'observed_timestamp'),
    'name of the scope': altered(3, 'scope.name'),
    'version of the scope': altered(3, 'scope.version'),
    'scope of a foreign record': altered(6, 'scope.name'),
    'place: data set': altered(3, 'data_stream'),
    'place: namespace': altered(3, 'data_stream'),
    hash: attribute(3, 'audit.integrity.hash'),
    signer: attribute(3, 'audit.integrity.signer'),
    canonicalization: attribute(3, 'audit.integrity.canonicalization'),
    'number of the seal, before the record': attribute(7, 'audit.integrity.seal'),
    'number of the seal, behind the right one': attribute(7, 'audit.integrity.seal'),
    'number of the seal, of a record that is none': attribute(7, 'audit.integrity.seal'),
    'number of the seal to text': attribute(7, 'audit.integrity.seal'),
    'number of the seal taken away': attribute(7, 'audit.integrity.seal'),
    'broken note on a record that seals nothing': attribute(3, 'audit.integrity.note'),
    'genuine note on a record that seals nothing': attribute(3, 'audit.integrity.note'),
    'dropped attributes claimed': altered(3, 'dropped_attributes_count'),
  },
  4: {
    'service name': resource(3),
    'service name of the open record': resource(1),
    'service name of a foreign record': resource(6),
    'service name taken away': resource(3),
    'whole resource taken away': resource(3),
    'service name and another beside it': resource(3),
    'service name as an object': resource(3),
    'service name as an object beside it': resource(3),
    'by a dotted name in the resource': T('PROJECTION_MISMATCH', 3),
    'by a dotted name at the top': T('PROJECTION_MISMATCH', 3),
  },
  9: {
    'each of them but the first and the last': T('RECORD_MISSING', 2, 18),
    'every second one': T('RECORD_MISSING', 2, 2, {
      also: [4, 8, 10, 14, 16, 18].map((number) => ({ code: 'RECORD_MISSING', from: number, to: number })),
    }),
    // The successor pins the end, and the records no longer lead to it.
    'in a stream that was adopted, behind its last note': T('TRUNCATED', 18, 19),
    // As when it is edited in place: a record stands there, and is not the one that was sealed.
    'and a copy with other sealed bytes under a new id': T('MODIFIED', 9),
  },
  13: {
    'to note 12, segments whole': T('TRUNCATED', 13, 19),
    'to record 9, segments whole': T('TRUNCATED', 10, 19),
    'index whole, segments cut at note 12': T('TRUNCATED', 13, 19),
    'both whole': V('DUPLICATE_IDENTICAL'),
  },
  19: {
    'rolled streams in reverse, in one index': V(),
    'rolled streams in reverse, in three indices': V(),
    'an adopted stream, in two indices': V('ADOPTED'),
    'every kind of field, in two indices': V(),
  },
  22: {
    'everything on both sides of a roll-over': V('DUPLICATE_IDENTICAL'),
    'one record on both sides of a roll-over': V('DUPLICATE_IDENTICAL'),
    'a seal with its note on both sides of a roll-over': V('DUPLICATE_IDENTICAL'),
    'everything in three indices': V('DUPLICATE_IDENTICAL'),
    'three streams on both sides of a roll-over': V(
      'DUPLICATE_IDENTICAL',
      'DUPLICATE_IDENTICAL',
      'DUPLICATE_IDENTICAL',
    ),
  },
  24: {
    'in the next index, with a new time': T('REPLAY', 9),
    'in the same index under an id of its own, with a new time': T('REPLAY', 9),
    'in the same index under an id of its own, unchanged': T('REPLAY', 9),
    'with another step-up': T('REPLAY', 9),
    'with another body': T('REPLAY', 2),
    'twice, with two times': T('REPLAY', 9),
    'of a seal with its note': T('REPLAY', 11),
    'in another data stream of the same pattern, with a new time': T('REPLAY', 9),
    'in another data stream of the same pattern, unchanged': T('REPLAY', 9),
    'in an index of its own behind an alias of the same pattern': T('REPLAY', 9),
    'in an index of its own behind an alias, not sorted as ours': {
      ...loose(TAMPERED, 'HIDDEN_DOCUMENTS'),
      ...also('UNREADABLE'),
    },
  },
  54: {
    'alias that leaves out one record': T('RECORD_MISSING', 9, 9, also('HIDDEN_DOCUMENTS')),
    'alias that leaves out the tail': loose(TAMPERED, 'HIDDEN_DOCUMENTS'),
    'alias that leaves out an event': T('RECORD_MISSING', 5, 5, also('HIDDEN_DOCUMENTS')),
    'alias that leaves out a stream': T('STREAM_MISSING', 1, 19, also('HIDDEN_DOCUMENTS')),
    'alias that leaves out everything': loose(TAMPERED, 'HIDDEN_DOCUMENTS'),
    // Closed by whom it may, and seen to be closed: no pass, and no alarm.
    'closed index with every record': zeroRecords('UNREADABLE'),
    'closed index with the newer records': I('TAIL_UNSEALED', 7, 9, also('UNREADABLE')),
    'ingest pipeline that writes into records': T('PROJECTION_MISMATCH'),
  },
  55: {
    'attributes, resource and scope added to every record': V('ADDED', 'ADDED', 'ADDED'),
    'an object of attributes added': V('ADDED'),
    'schema URL added': V('ADDED'),
    'service name overridden as the policy allows': V(),
    'nanoseconds padded, as later versions may': V(),
    'times without a point': V(),
    'times as numbers': V(),
    'times as dates': V(),
    'members in another order': V(),
  },
  56: {
    'text cut': attribute(2, 'step_up.trigger.reason'),
    'text of a foreign record cut': foreign(6),
    'body cut': altered(2, 'body'),
    'array cut': attribute(2, 'step_up.acr.requested'),
    'attribute dropped': attribute(2, 'user.hash'),
    'boolean dropped': attribute(4, 'step_up.requirement_met'),
    'integer dropped': attribute(2, 'step_up.risk.score_milli'),
    'sequence number dropped': attribute(11, 'audit.sequence.number'),
    'stream id dropped': attribute(11, 'audit.sequence.stream_id'),
    'hash dropped': attribute(11, 'audit.integrity.hash'),
    'all attributes dropped but the sealed bytes': T('PROJECTION_MISMATCH', 3),
    'body dropped': altered(2, 'body'),
    'event name dropped': altered(3, 'event_name'),
    'trace id dropped': altered(2, 'trace_id'),
    'span id dropped': altered(2, 'span_id'),
    'observed time dropped': altered(3, 'observed_timestamp'),
    'scope dropped': altered(3, 'scope.name'),
    'attribute redacted': attribute(2, 'user.hash'),
    'map of a foreign record flattened': foreign(6),
  },
  59: {
    'the data stream of the older stream': I('STREAM_MISSING', 1, 19, also('UNREADABLE')),
    'the data stream of the newer stream': I('TAIL_UNSEALED', 18, 19, also('UNREADABLE')),
    'all of it': zeroRecords('UNREADABLE'),
  },
  69: {
    ...Object.fromEntries(
      [
        'step_up event',
        'audit event',
        'stepseal event',
        'event name in the attributes',
        'event name in a list',
        'event name by a dotted name at the top',
        'no event name, attributes of ours',
        'no event name, attributes of ours as an object',
        'attributes by dotted names at the top',
        'attributes as a list of objects',
        'genuine document without sealed bytes and place',
        'genuine document without sealed bytes, place kept',
        'sealed bytes that are no payload',
        'sealed bytes of no stream',
      ].map((name) => [name, loose(TAMPERED, 'UNSEALED_DOCUMENT')]),
    ),
    'a document of others': loose(INCOMPLETE, 'UNSEALED_DOCUMENT'),
    'an empty document': loose(INCOMPLETE, 'UNSEALED_DOCUMENT'),
  },
  70: {
    'phishing resistance': attribute(3, 'step_up.phishing_resistant'),
    'user id, a registry name without our prefix': attribute(3, 'user.id'),
    'unknown name below step_up': foreign(3),
    'unknown name below audit': foreign(3),
    'unknown name below stepseal': foreign(3),
    sanitised: attribute(3, 'stepseal.sanitised'),
    end: attribute(3, 'audit.sequence.end'),
    'on a foreign record': attribute(6, 'step_up.outcome'),
    'as an object': attribute(3, 'step_up.phishing_resistant'),
    'as an object that shadows a sealed one': attribute(3, 'step_up.outcome'),
    'as a list of objects': attribute(3, 'step_up.outcome'),
    'as half an object': attribute(3, 'step_up.webauthn.user_verified'),
    // Where they are read there is nothing.
    'attributes as a list': T('RECORD_MISSING', 3, 3, also('UNSEALED_DOCUMENT')),
    'by a dotted name at the top': altered(3, 'attributes'),
    'by a half dotted name at the top': altered(3, 'attributes'),
    'body by a dotted name at the top': altered(4, 'body'),
    'registry name at the top': altered(3, 'document'),
  },
  71: {
    'number of an alarm': altered(4, 'severity_number'),
    'text of an alarm': altered(4, 'severity_text'),
    both: altered(4, 'severity_number'),
    'number taken away': altered(4, 'severity_number'),
    'text taken away': altered(4, 'severity_text'),
    'number raised on a harmless record': altered(2, 'severity_number'),
    'number to text': altered(4, 'severity_number'),
    'of a foreign record': altered(6, 'severity_number'),
    'added to a foreign record without': altered(7, 'severity_number'),
    'of a seal': altered(5, 'severity_text'),
  },
  73: {
    'foreign content': T('RECORD_MISSING', 9, 9, also('UNSEALED_DOCUMENT')),
    'foreign content with a name of ours': T('RECORD_MISSING', 9, 9, also('UNSEALED_DOCUMENT')),
    'foreign content in the place of the last record before the close': T(
      'RECORD_MISSING',
      18,
      18,
      also('UNSEALED_DOCUMENT'),
    ),
    'foreign content in the place of the open record': T('GENESIS_MISSING', 1, 1, also('UNSEALED_DOCUMENT')),
    'edited copy': T('MODIFIED', 9),
    'copy with an edited field': attribute(9, 'step_up.id'),
  },
  76: {
    'one record, five minutes after its note': I('NOT_YET_DELIVERED', 18),
    'one record in the middle': I('NOT_YET_DELIVERED', 9),
    'three records together': I('NOT_YET_DELIVERED', 7, 9),
    'two records apart': I('NOT_YET_DELIVERED', 3, 3, also('NOT_YET_DELIVERED', 15)),
    'a seal with its note': I('NOT_YET_DELIVERED', 17),
    'the records of the last seal': I('NOT_YET_DELIVERED', 18),
    'the record before the last second of the grace': I('NOT_YET_DELIVERED', 18),
    'the record after the last second of the grace': T('RECORD_MISSING', 18),
    'within a grace of its own': I('NOT_YET_DELIVERED', 18),
    'beyond a grace of its own': T('RECORD_MISSING', 18),
    'no grace': T('RECORD_MISSING', 18),
    'declared to be refused': I('NOT_DELIVERED', 3),
    'declared to be refused under another hash': T('RECORD_MISSING', 4),
    // Where several in a row are gone, nothing proves which records they were.
    'declared to be refused, and others gone beside it': T('RECORD_MISSING', 2, 2, also('NOT_DELIVERED', 3)),
    'not declared, others are': T('RECORD_MISSING', 5),
    'declared by a stream that is gone itself': T('RECORD_MISSING', 3),
  },
  77: {
    'runtime field of another type, text': loose(TAMPERED, 'PROJECTION_MISMATCH', 'attributes.step_up.outcome'),
    'runtime field of another type, event name': loose(TAMPERED, 'PROJECTION_MISMATCH', 'event_name'),
    'runtime field of another type, integer': loose(
      TAMPERED,
      'PROJECTION_MISMATCH',
      'attributes.step_up.risk.score_milli',
    ),
    'copied in from a name of others': loose(TAMPERED, 'PROJECTION_MISMATCH', 'attributes.step_up.outcome'),
    'stands in for an absent value': loose(TAMPERED, 'PROJECTION_MISMATCH', 'attributes.step_up.access.result'),
    'not searchable': loose(TAMPERED, 'PROJECTION_MISMATCH', 'attributes.step_up.outcome'),
    'left out where it is long': loose(TAMPERED, 'PROJECTION_MISMATCH', 'attributes.step_up.outcome'),
    'read as another type': loose(TAMPERED, 'PROJECTION_MISMATCH', 'attributes.step_up.outcome'),
    // As in an index of before an upgrade that brought the field.
    'not mapped at all': loose(INCOMPLETE, 'PROJECTION_MISMATCH', 'attributes.step_up.outcome'),
    'runtime field under a name of others': V(),
    'field under a name of others': V(),
    'a second way to read a field': V(),
  },
};

/** Records of a stream that is being written may still be on their way. */
const late = (from: number, to: number = from): Expected => I('NOT_YET_DELIVERED', from, to);
/** Without the open record no key is known, and nothing is under a trusted note. */
const unopened = (to: number): Expected => ({
  grade: 'CANNOT_VERIFY',
  exitCode: 3,
  primary: { code: 'ZERO_RECORDS' },
  also: [{ code: 'NOT_YET_DELIVERED', stream: 'target', from: 1, to }],
});

/** Both histories lie in one place: all of the one is told to stand beside the other. */
const parted = (from: number): Expected => T('EQUIVOCATION', from, 10);

/** Where documents lead to another verdict than files do, by row, variant and base, and why. */
export const CARRIED_EXPECTATIONS: Readonly<
  Record<number, Readonly<Record<string, Readonly<Record<string, Expected>>>>>
> = {
  9: {
    'the first after the open record': { live: late(2) },
    'one in the middle': { live: late(9) },
    'the last under the last common note': { live: late(16) },
    'three together': { live: late(7, 9) },
    'two apart': { live: { ...late(3), ...also('NOT_YET_DELIVERED', 15) } },
    'the gap record': { live: late(14) },
  },
  11: {
    'the open record and its note': { live: unopened(1) },
    'the first three': { live: unopened(3) },
    'up to the first seal': { live: unopened(6) },
    'up to note 12': { live: unopened(12) },
  },
  15: {
    // What no note covers leaves a process only when a successor has adopted it: so there was one.
    'the successor of a crash, unknown before': { adopted: T('UNSEALED_DOCUMENT', 18, 19) },
  },
  23: {
    'two sources, parted at record 5': { 'own streams': parted(5) },
    'two sources, parted at record 2': { 'own streams': parted(2) },
  },
};

/** The expectation of a variant carried over from segments. */
export function expectedCarried(row: number, variant: string, base: string): Expected {
  return CARRIED_EXPECTATIONS[row]?.[variant]?.[base] ?? expectedOn(row, variant, base);
}
