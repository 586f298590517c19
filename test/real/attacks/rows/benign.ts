// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { trustText } from '../../../attacks/bases.ts';
import type { Document } from '../support/exported.ts';
import { spelt } from '../support/lossless-json.ts';
import type { Target } from '../support/target.ts';
import { on, type StoreRow, type StoreVariant } from '../support/variant.ts';

const nothing = (): Promise<undefined> => Promise.resolve(undefined);

/** All documents of a base, over several indices, in an order that only delivery knows. */
function scattered(base: 'rolled' | 'adopted' | 'kinds', indices: number): StoreVariant {
  return {
    base,
    fill: async (target) => {
      const all = Object.keys(target.base.lines).flatMap((name) => target.documents(name));
      all.reverse();
      for (let part = 0; part < indices; part++) {
        if (part > 0) await target.stream.rollover();
        await target.stream.create(all.filter((_, at) => at % indices === part));
      }
    },
    attack: nothing,
  };
}

/** Row 19. */
export const anyOrder: StoreRow = {
  'rolled streams in reverse, in one index': scattered('rolled', 1),
  'rolled streams in reverse, in three indices': scattered('rolled', 3),
  'an adopted stream, in two indices': scattered('adopted', 2),
  'every kind of field, in two indices': scattered('kinds', 2),
};

/** Documents written once more behind a roll-over, where their ids are free again. */
const delivered = (base: 'closed' | 'rolled', which: (at: number) => boolean, times = 1): StoreVariant =>
  on(base, async (target) => {
    const all = Object.keys(target.base.lines).flatMap((name) => target.documents(name));
    for (let time = 0; time < times; time++) {
      await target.stream.rollover();
      await target.stream.create(all.filter((_, at) => which(at)));
    }
  });

/** Row 22. */
export const duplicates: StoreRow = {
  'everything on both sides of a roll-over': delivered('closed', () => true),
  'one record on both sides of a roll-over': delivered('closed', (at) => at === 8),
  'a seal with its note on both sides of a roll-over': delivered('closed', (at) => at === 10),
  'everything in three indices': delivered('closed', () => true, 2),
  'three streams on both sides of a roll-over': delivered('rolled', () => true),
};

const every = (change: (source: Document) => void, base: 'closed' | 'kinds' = 'kinds'): StoreVariant =>
  on(base, async (target) => {
    for (const { number } of target.records()) await target.edit(number, change);
  });

/** One document only: what a report says must not depend on how many there are. */
const one = (change: (source: Document, target: Target) => void): StoreVariant =>
  on('kinds', (target) => target.edit(3, (source) => change(source, target)));

const milliseconds = (time: unknown): string => String(time).split('.')[0] ?? '';

/** Row 55. */
export const collectorsAtWork: StoreRow = {
  'attributes, resource and scope added to every record': every((source) => {
    source.attributes['k8s.pod.name'] = 'bank-7c9d';
    source.resource.attributes['cloud.region'] = 'eu-central-1';
    source['scope'] = { ...(source['scope'] as object), attributes: { team: 'payments' } };
  }),
  'an object of attributes added': one(({ attributes }) => {
    attributes['k8s'] = { pod: { name: 'bank-7c9d' } };
  }),
  'schema URL added': one((source) => {
    (source.resource as Record<string, unknown>)['schema_url'] = 'https://opentelemetry.io/schemas/1.40.0';
  }),
  'service name overridden as the policy allows': on('kinds', async (target) => {
    await target.edit(3, (source) => {
      source.resource.attributes['service.name'] = 'bank-eu';
    });
    const trust = JSON.parse(trustText(target.base.identity)) as {
      deployments: Record<string, { overrides: string[] }>;
    };
    for (const deployment of Object.values(trust.deployments)) deployment.overrides = ['service.name'];
    return { trust: JSON.stringify(trust) };
  }),
  'nanoseconds padded, as later versions may': every((source) => {
    for (const name of ['@timestamp', 'observed_timestamp']) {
      const [ms, rest = ''] = String(source[name]).split('.');
      source[name] = `${ms}.${rest.padStart(6, '0')}`;
    }
  }),
  'times without a point': every((source) => {
    for (const name of ['@timestamp', 'observed_timestamp']) {
      if (String(source[name]).endsWith('.0')) source[name] = milliseconds(source[name]);
    }
    source['observed_timestamp'] = milliseconds(source['observed_timestamp']);
  }),
  'times as numbers': one((source) => {
    source['@timestamp'] = spelt(milliseconds(source['@timestamp']));
  }),
  'times as dates': one((source) => {
    source['@timestamp'] = new Date(Number(milliseconds(source['@timestamp']))).toISOString();
  }),
  'members in another order': one((source) => {
    source.attributes = Object.fromEntries(Object.entries(source.attributes).reverse());
  }),
};
