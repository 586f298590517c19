// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Document } from '../support/exported.ts';
import { on, type StoreRow, type StoreVariant } from '../support/variant.ts';

/** Somebody points the name that people search at an alias of his. */
const alias = (filter: object): StoreVariant =>
  on('closed', async ({ stream }) => {
    const name = `searched-${stream.namespace}`;
    await stream.administer('POST', '/_aliases', { actions: [{ add: { index: stream.name, alias: name, filter } }] });
    return { dataStream: name };
  });

const not = (query: object): object => ({ bool: { must_not: query } });

/** Row 54. Document-level security needs a licence, and processors that drop documents a module, that the test server has not. */
export const hiddenDocuments: StoreRow = {
  'alias that leaves out one record': alias(not({ term: { 'attributes.audit.sequence.number': 9 } })),
  'alias that leaves out the tail': alias({ range: { 'attributes.audit.sequence.number': { lte: 12 } } }),
  'alias that leaves out an event': alias(not({ term: { event_name: 'step_up.access' } })),
  'alias that leaves out a stream': on('adopted', async ({ base, stream }) => {
    const name = `searched-${stream.namespace}`;
    const filter = not({ term: { 'attributes.audit.sequence.stream_id': base.streams['target'] } });
    await stream.administer('POST', '/_aliases', { actions: [{ add: { index: stream.name, alias: name, filter } }] });
    return { dataStream: name };
  }),
  'alias that leaves out everything': alias({ term: { event_name: 'nothing' } }),
  'closed index with every record': on('closed', async ({ stream }) => {
    await stream.rollover();
    await stream.administer('POST', `/${(await stream.indices())[0]}/_close`);
  }),
  'closed index with the newer records': on('closed', async (target) => {
    const { stream } = target;
    await stream.rollover();
    const older = target.documents('target').slice(0, 9);
    await target.remove(...older.map((_, index) => index + 1));
    await stream.create(older);
    await stream.administer('POST', `/${(await stream.indices())[0]}/_close`);
  }),
  'ingest pipeline that writes into records': on('closed', async (target) => {
    const pipeline = `mark-${target.stream.namespace}`;
    const mark = { set_security_user: { field: 'attributes.audit.actor', properties: ['username'] } };
    await target.stream.administer('PUT', `/_ingest/pipeline/${pipeline}`, { processors: [mark] });
    const [, ...others] = await target.stream.all();
    const [one] = others;
    if (one === undefined) throw new Error('no documents');
    await target.stream.overwrite(one, one.source, `&pipeline=${pipeline}`);
  }),
};

/** Whose user may read data streams that end in `_open`, and no other. */
export const DENIED_USER = 'auditor-of-a-part';

/** One stream lies in a data stream that the user may read, the other in one that he may not. */
function half(deniedStream: string): StoreVariant {
  return {
    base: 'adopted',
    fill: async (target) => {
      for (const name of Object.keys(target.base.lines)) {
        const place = name === deniedStream ? target.stream : target.stream.sibling('_open');
        await place.create(target.documents(name, place.namespace));
      }
    },
    control: (target) => ({ dataStream: `${target.stream.name}*` }),
    attack: (target) => Promise.resolve({ user: DENIED_USER, dataStream: `${target.stream.name}*` }),
  };
}

/** Row 59: the verifier's user may not read everything that bears the name. */
export const deniedParts: StoreRow = {
  'the data stream of the older stream': half('target'),
  'the data stream of the newer stream': half('next'),
  'all of it': on('closed', () => Promise.resolve({ user: DENIED_USER })),
};

type Properties = Record<string, object | undefined>;

/** The next index is made from a template that somebody changed, and a document lies in it. */
const nextIndex = (attributes: Properties, number: number, change: (source: Document) => void = () => undefined) =>
  on('kinds', async (target) => {
    const { stream } = target;
    const answer = (await stream.call('GET', `/${stream.name}/_mapping`)) as Record<string, { mappings: Mappings }>;
    const mappings = Object.values(answer)[0]?.mappings;
    if (mappings === undefined) throw new Error(`${stream.name} has no mapping`);
    Object.assign(mappings.properties.attributes.properties, attributes);
    await stream.administer('PUT', `/_index_template/attack-${stream.namespace}`, {
      index_patterns: [stream.name],
      priority: 1_000,
      data_stream: {},
      composed_of: ['stepseal-audit@settings'],
      template: { mappings },
    });
    const { id, source } = await target.stored(number);
    await target.remove(number);
    change(source);
    await stream.rollover();
    await stream.create([[id, source]]);
  });

interface Mappings {
  readonly properties: { readonly attributes: { readonly properties: Properties } };
}

const runtime = (field: string, type: string): StoreVariant =>
  on('kinds', async ({ stream }) => {
    await stream.administer('PUT', `/${await stream.writeIndex()}/_mapping`, { runtime: { [field]: { type } } });
  });

const attack = (value: string) => (source: Document) => {
  source.attributes['app.attack'] = value;
};

/** Row 77: `_source` is untouched, or says more than was sealed under a name of others; what is found is not what was sealed. */
export const shadowedFields: StoreRow = {
  'runtime field of another type, text': runtime('attributes.step_up.outcome', 'long'),
  'runtime field of another type, event name': runtime('event_name', 'date'),
  'runtime field of another type, integer': runtime('attributes.step_up.risk.score_milli', 'boolean'),
  'copied in from a name of others': nextIndex(
    { 'app.attack': { type: 'keyword', copy_to: 'attributes.step_up.outcome' } },
    3,
    attack('passed'),
  ),
  'stands in for an absent value': nextIndex(
    { 'step_up.access.result': { type: 'keyword', null_value: 'granted' } },
    3,
  ),
  'not searchable': nextIndex({ 'step_up.outcome': { type: 'keyword', index: false, doc_values: false } }, 3),
  'left out where it is long': nextIndex({ 'step_up.outcome': { type: 'keyword', ignore_above: 2 } }, 3),
  'read as another type': nextIndex({ 'step_up.outcome': { type: 'long' } }, 3),
  'not mapped at all': nextIndex({ 'step_up.outcome': undefined }, 3),
  'runtime field under a name of others': runtime('attributes.app.colour', 'keyword'),
  'field under a name of others': nextIndex({ 'app.colour': { type: 'keyword' } }, 3),
  'a second way to read a field': nextIndex(
    { 'step_up.outcome': { type: 'keyword', ignore_above: 10_922, fields: { words: { type: 'text' } } } },
    3,
  ),
};
