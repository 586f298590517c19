// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { spelt } from '../support/lossless-json.ts';
import { editOf, on, type StoreRow, setOf, topOf } from '../support/variant.ts';

/** Row 3: what is searched and shown, where the sealed bytes stay. */
export const searchableFields: StoreRow = {
  'text: outcome failed to passed': setOf(3, 'step_up.outcome', 'passed'),
  'text by one letter': setOf(2, 'user.hash', 'hmac-sha256:0a7f3d1e5c'),
  'text to its capitals': setOf(3, 'step_up.outcome', 'FAILED'),
  'text emptied': setOf(2, 'http.route', ''),
  'text to null': setOf(2, 'http.route', null),
  'text and another beside it': setOf(3, 'step_up.outcome', ['failed', 'passed']),
  'text to an array of it alone': setOf(3, 'step_up.outcome', ['failed']),
  'text to an object': setOf(3, 'step_up.outcome', { value: 'failed' }),
  'integer by one': setOf(2, 'step_up.risk.score_milli', 730),
  'integer to text': setOf(2, 'step_up.risk.score_milli', '731'),
  'integer to double': setOf(2, 'step_up.risk.score_milli', spelt('731.5')),
  'integer beyond 2^53 by one': setOf(6, 'bank.amount_micros', spelt('9007199254740992')),
  'smallest integer by one': setOf(6, 'bank.smallest', spelt('-9223372036854775807')),
  'sequence number': setOf(11, 'audit.sequence.number', 12),
  'stream id': setOf(11, 'audit.sequence.stream_id', '01a19b7c-a680-7cdc-97d0-a685476c2feb'),
  'previous hash': setOf(11, 'audit.sequence.previous_hash', '0'.repeat(64)),
  'record id': setOf(11, 'audit.record.id', '01a19b7c-a860-799c-a6b4-013b6a7da8f7'),
  'boolean turned': setOf(4, 'step_up.requirement_met', true),
  'boolean to text': setOf(4, 'step_up.requirement_met', 'false'),
  'boolean of a foreign record': setOf(7, 'bank.seen', false),
  'array: one text changed': setOf(2, 'step_up.acr.requested', ['urn:bank:2', 'urn:bank:9']),
  'array: order changed': setOf(2, 'step_up.acr.requested', ['urn:bank:3', 'urn:bank:2']),
  'array: one more': setOf(2, 'step_up.acr.requested', ['urn:bank:2', 'urn:bank:3', 'urn:bank:1']),
  'array: one twice': setOf(2, 'step_up.acr.requested', ['urn:bank:2', 'urn:bank:2', 'urn:bank:3']),
  'array: empty one filled': setOf(6, 'bank.nothing', ['x']),
  'array: null inside': setOf(2, 'step_up.acr.requested', ['urn:bank:2', null, 'urn:bank:3']),
  'double by its last digit': setOf(6, 'bank.rate', 1.2500000000000002),
  'double whole to another': setOf(6, 'bank.whole', spelt('3.0')),
  'double tiny to zero': setOf(6, 'bank.tiny', 0),
  'bytes by one bit': setOf(6, 'bank.receipt', '0001feff'.replace('01', '00')),
  'map: one member changed': editOf(6, ({ attributes }) => {
    attributes['bank.payee'] = { ...(attributes['bank.payee'] as object), name: 'Mallory' };
  }),
  'map: one member more': editOf(6, ({ attributes }) => {
    attributes['bank.payee'] = { ...(attributes['bank.payee'] as object), alias: 'x' };
  }),
  'map: one member less': editOf(6, ({ attributes }) => {
    const { name: _, ...rest } = attributes['bank.payee'] as { name: unknown };
    attributes['bank.payee'] = rest;
  }),
  address: setOf(2, 'client.address', '192.0.2.8'),
  'body: another sentence': topOf(2, 'body', { text: 'A step-up is required: policy.' }),
  'body: another sentence beside it': topOf(2, 'body', {
    text: ['A step-up is required: the amount is above a threshold.', 'policy'],
  }),
  'body: added to a record without': topOf(4, 'body', { text: 'granted' }),
  'body: of a foreign record': topOf(7, 'body', { text: 'Noted' }),
  'body: another form of it': topOf(7, 'body', { structured: { text: 'noted' } }),
  'event name': topOf(3, 'event_name', 'step_up.attempted'),
  'event name of a foreign record': topOf(6, 'event_name', 'bank.refund'),
  'event name and another beside it': topOf(3, 'event_name', ['step_up.completed', 'step_up.access']),
  'trace id by one digit': topOf(2, 'trace_id', '0af7651916cd43dd8448eb211c80319d'),
  'trace id in capitals': topOf(2, 'trace_id', '0AF7651916CD43DD8448EB211C80319C'),
  'trace id added to a record without': topOf(4, 'trace_id', '0af7651916cd43dd8448eb211c80319c'),
  'span id': topOf(2, 'span_id', 'b7ad6b7169203332'),
  'time by a millisecond': editOf(3, (source) => {
    source['@timestamp'] = later(source['@timestamp'], 1);
  }),
  'time by a year': editOf(3, (source) => {
    source['@timestamp'] = later(source['@timestamp'], 31_536_000_000);
  }),
  'time by one nanosecond': editOf(7, (source) => {
    source['@timestamp'] = String(source['@timestamp']).replace(/\.5$/, '.6');
  }),
  'nanoseconds dropped': editOf(7, (source) => {
    source['@timestamp'] = String(source['@timestamp']).replace(/\.5$/, '.0');
  }),
  'time as a date one millisecond later': editOf(3, (source) => {
    source['@timestamp'] = new Date(Number(later(source['@timestamp'], 1))).toISOString();
  }),
  'observed time': editOf(3, (source) => {
    source['observed_timestamp'] = later(source['observed_timestamp'], 60_000);
  }),
  'name of the scope': topOf(3, 'scope', { name: 'other', version: '0.1.0' }),
  'version of the scope': topOf(3, 'scope', { name: 'stepseal', version: '9.9.9' }),
  'scope of a foreign record': topOf(6, 'scope', { name: 'bank.other', version: '7.1' }),
  'place: data set': topOf(3, 'data_stream', { type: 'logs', dataset: 'generic', namespace: 'default' }),
  'place: namespace': editOf(3, (source) => {
    source['data_stream'] = { ...(source['data_stream'] as object), namespace: 'elsewhere' };
  }),
  hash: setOf(3, 'audit.integrity.hash', 'ab'.repeat(32)),
  signer: setOf(3, 'audit.integrity.signer', 'collector'),
  canonicalization: setOf(3, 'audit.integrity.canonicalization', 'none'),
  'number of the seal, before the record': setOf(7, 'audit.integrity.seal', 5),
  'number of the seal, behind the right one': setOf(7, 'audit.integrity.seal', 14),
  'number of the seal, of a record that is none': setOf(7, 'audit.integrity.seal', 10),
  'number of the seal to text': setOf(7, 'audit.integrity.seal', '9'),
  'number of the seal taken away': setOf(7, 'audit.integrity.seal', undefined),
  'broken note on a record that seals nothing': setOf(3, 'audit.integrity.note', 'demo.bank/stream/x\n1\n'),
  'genuine note on a record that seals nothing': on('kinds', (target) =>
    target.edit(3, ({ attributes }) => {
      attributes['audit.integrity.note'] = target.record(5).note;
    }),
  ),
  'dropped attributes claimed': topOf(3, 'dropped_attributes_count', 2),
};

function later(time: unknown, ms: number): string {
  const [whole = ''] = String(time).split('.');
  return `${Number(whole) + ms}.0`;
}

/** Row 4. */
export const resources: StoreRow = {
  'service name': resource({ 'service.name': 'other' }),
  'service name of the open record': editOf(1, (source) => {
    source.resource.attributes['service.name'] = 'other';
  }),
  'service name of a foreign record': editOf(6, (source) => {
    source.resource.attributes['service.name'] = 'other';
  }),
  'service name taken away': editOf(3, (source) => {
    delete source.resource.attributes['service.name'];
  }),
  'whole resource taken away': topOf(3, 'resource', undefined),
  'service name and another beside it': resource({ 'service.name': ['bank', 'other'] }),
  'service name as an object': resource({ 'service.name': undefined, service: { name: 'other' } }),
  'service name as an object beside it': resource({ service: { name: 'other' } }),
  'by a dotted name in the resource': editOf(3, (source) => {
    (source.resource as Record<string, unknown>)['attributes.service.name'] = 'other';
  }),
  'by a dotted name at the top': topOf(3, 'resource.attributes.service.name', 'other'),
};

function resource(changes: Record<string, unknown>) {
  return editOf(3, (source) => {
    source.resource.attributes = { ...source.resource.attributes, ...changes };
  });
}

/** Row 56: what a Collector that is not ours may do to values on the way. */
export const lossyCollectors: StoreRow = {
  'text cut': setOf(2, 'step_up.trigger.reason', 'amount'),
  'text of a foreign record cut': setOf(6, 'bank.empty', undefined),
  'body cut': topOf(2, 'body', { text: 'A step-up is required' }),
  'array cut': setOf(2, 'step_up.acr.requested', ['urn:bank:2']),
  'attribute dropped': setOf(2, 'user.hash', undefined),
  'boolean dropped': setOf(4, 'step_up.requirement_met', undefined),
  'integer dropped': setOf(2, 'step_up.risk.score_milli', undefined),
  'sequence number dropped': setOf(11, 'audit.sequence.number', undefined),
  'stream id dropped': setOf(11, 'audit.sequence.stream_id', undefined),
  'hash dropped': setOf(11, 'audit.integrity.hash', undefined),
  'all attributes dropped but the sealed bytes': editOf(3, (source) => {
    source.attributes = { 'audit.integrity.payload': source.attributes['audit.integrity.payload'] };
  }),
  'body dropped': topOf(2, 'body', undefined),
  'event name dropped': topOf(3, 'event_name', undefined),
  'trace id dropped': topOf(2, 'trace_id', undefined),
  'span id dropped': topOf(2, 'span_id', undefined),
  'observed time dropped': topOf(3, 'observed_timestamp', undefined),
  'scope dropped': topOf(3, 'scope', undefined),
  'attribute redacted': setOf(2, 'user.hash', '****'),
  'map of a foreign record flattened': editOf(6, ({ attributes }) => {
    delete attributes['bank.payee'];
    attributes['bank.payee.name'] = 'Caf\u00e9 <&> \u2028';
  }),
};

/** Row 70. */
export const addedNames: StoreRow = {
  'phishing resistance': setOf(3, 'step_up.phishing_resistant', true),
  'user id, a registry name without our prefix': setOf(3, 'user.id', 'mallory'),
  'unknown name below step_up': setOf(3, 'step_up.checked', true),
  'unknown name below audit': setOf(3, 'audit.approved', 'yes'),
  'unknown name below stepseal': setOf(3, 'stepseal.verified_by', 'operations'),
  sanitised: setOf(3, 'stepseal.sanitised', ['step_up.outcome']),
  end: setOf(3, 'audit.sequence.end', true),
  'on a foreign record': setOf(6, 'step_up.outcome', 'passed'),
  'as an object': setOf(3, 'step_up', { phishing_resistant: true }),
  'as an object that shadows a sealed one': setOf(3, 'step_up', { outcome: 'passed' }),
  'as a list of objects': setOf(3, 'step_up', [{ outcome: 'passed' }]),
  'as half an object': setOf(3, 'step_up.webauthn', { user_verified: true }),
  'attributes as a list': editOf(3, (source) => {
    source.attributes = [source.attributes, { 'step_up.outcome': 'passed' }] as never;
  }),
  'by a dotted name at the top': topOf(3, 'attributes.step_up.outcome', 'passed'),
  'by a half dotted name at the top': topOf(3, 'attributes.step_up', { outcome: 'passed' }),
  'body by a dotted name at the top': topOf(4, 'body.text', 'granted, requirement met'),
  'registry name at the top': topOf(3, 'step_up.outcome', 'passed'),
};

/** Row 71. */
export const severities: StoreRow = {
  'number of an alarm': topOf(4, 'severity_number', 9),
  'text of an alarm': topOf(4, 'severity_text', 'INFO'),
  both: editOf(4, (source) => {
    source['severity_number'] = 9;
    source['severity_text'] = 'INFO';
  }),
  'number taken away': topOf(4, 'severity_number', undefined),
  'text taken away': topOf(4, 'severity_text', undefined),
  'number raised on a harmless record': topOf(2, 'severity_number', 17),
  'number to text': topOf(4, 'severity_number', '17'),
  'of a foreign record': topOf(6, 'severity_number', 9),
  'added to a foreign record without': topOf(7, 'severity_number', 9),
  'of a seal': topOf(5, 'severity_text', 'ERROR'),
};
