// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { SettingValue } from './config.ts';

/** What a setting accepts. The loader, the flags, the JSON Schema and the documentation all read this. */
export type SettingType =
  | { readonly kind: 'boolean' }
  | { readonly kind: 'integer'; readonly min: number; readonly max: number; readonly unit: string }
  | { readonly kind: 'text'; readonly pattern: string; readonly hint: string; readonly maxLength: number }
  | { readonly kind: 'path' }
  | { readonly kind: 'choice'; readonly values: readonly [string, string, ...string[]] }
  | { readonly kind: 'list'; readonly pattern: string; readonly hint: string; readonly maxItems: number };

export interface Setting {
  readonly key: string;
  readonly variable: string;
  readonly flag: string;
  readonly type: SettingType;
  /** A path that starts with `<dataDir>` follows the data directory. */
  readonly fallback: SettingValue;
  readonly brief: string;
}

// The pattern of `isDeploymentName` in @stepseal/core/format (a test holds the two together).
const DEPLOYMENT = '^[a-z0-9.-]+(/[a-z0-9._-]+)*$';
const PROPERTY = 'req\\.[A-Za-z_$][\\w$]*(\\.[\\w$-]+)*';
const FIELD = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const RESOLVER = `^(${PROPERTY}|token\\.[\\w:/.-]+|cookie\\.${FIELD}|header\\.${FIELD})$`;
const RESOLVER_HINT = 'a path such as req.user.id, token.sub, cookie.sid or header.x-user-id';
// Not what the client sends of itself: where he is and whether his device is known are said by the service or its proxy.
const SERVICE_RESOLVER = `^(${PROPERTY}|header\\.${FIELD})$`;
const SERVICE_RESOLVER_HINT = 'a path such as req.geo.country or header.cf-ipcountry';
const NETWORK = '^([0-9]{1,3}(\\.[0-9]{1,3}){3}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)(/[0-9]{1,3})?$';

const URL_TEXT = '^(none|https?://[^\\s/?#]+(/[^\\s]*)?)$';

/** A hundred years. */
const CENTURY_MS = 3_155_760_000_000;

const boolean: SettingType = { kind: 'boolean' };
const path: SettingType = { kind: 'path' };
const integer = (min: number, max: number, unit: string): SettingType => ({ kind: 'integer', min, max, unit });
const resolvers: SettingType = { kind: 'list', pattern: RESOLVER, hint: RESOLVER_HINT, maxItems: 32 };
const serviceResolvers: SettingType = {
  kind: 'list',
  pattern: SERVICE_RESOLVER,
  hint: SERVICE_RESOLVER_HINT,
  maxItems: 32,
};
const url = (example: string): SettingType => ({
  kind: 'text',
  pattern: URL_TEXT,
  hint: `a URL such as ${example}, or none`,
  maxLength: 2_048,
});
const networks: SettingType = {
  kind: 'list',
  pattern: NETWORK,
  hint: 'an IP address or a network such as 10.0.0.0/8',
  maxItems: 256,
};

function setting(key: string, type: SettingType, fallback: SettingValue, brief: string, variable?: string): Setting {
  const words = key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`).replaceAll('.', '-');
  return {
    key,
    variable: variable ?? `STEPSEAL_${words.replaceAll('-', '_').toUpperCase()}`,
    flag: words,
    type,
    fallback,
    brief,
  };
}

/** Every setting there is, in the order people read them. */
export const SETTINGS: readonly Setting[] = [
  setting(
    'deployment',
    {
      kind: 'text',
      pattern: DEPLOYMENT,
      hint: 'lower-case letters, digits, dots and dashes, such as bank/eu-1',
      maxLength: 128,
    },
    'local',
    'Name of the deployment in notes and in the trust policy.',
  ),
  setting('dataDir', path, './.stepseal', 'Directory of the sealed segments and, by default, of the keys.'),
  setting('required', boolean, false, 'Refuse to start when evidence cannot be written; no key is made up.'),
  setting(
    'keys.identityFile',
    path,
    '<dataDir>/keys/identity.pem',
    'Ed25519 private key (PKCS#8 PEM) that signs what opens a stream.',
    'STEPSEAL_IDENTITY_KEY_FILE',
  ),
  setting(
    'keys.pseudonymFile',
    path,
    '<dataDir>/keys/pseudonym.key',
    'Base64 of 32 random bytes that key the hashes of users, sessions and addresses.',
    'STEPSEAL_PSEUDONYM_KEY_FILE',
  ),
  setting(
    'keys.correlationFile',
    path,
    '<dataDir>/keys/correlation.key',
    'Base64 of 32 random bytes that derive step_up.id; the same on all replicas.',
    'STEPSEAL_CORRELATION_KEY_FILE',
  ),
  setting('seal.maxRecords', integer(1, 256, 'records'), 256, 'Records under one seal at most.'),
  setting('seal.intervalMs', integer(10, 1000, 'ms'), 1000, 'Time from the first uncovered record to its seal.'),
  setting('seal.heartbeatMs', integer(1000, 60_000, 'ms'), 60_000, 'Time between seals when nothing happens.'),
  setting(
    'seal.recordSignatures',
    boolean,
    false,
    'Sign every record by itself too, for verifiers that know no seals; off the event loop.',
  ),
  setting(
    'roll.maxBytes',
    integer(16_384, 67_108_864, 'bytes'),
    67_108_864,
    'Size of a segment at which its stream closes and the next one opens.',
  ),
  setting(
    'roll.maxAgeMs',
    integer(1000, 86_400_000, 'ms'),
    86_400_000,
    'Age of a stream at which it closes and the next one opens.',
  ),
  setting(
    'delivery.endpoint',
    url('https://collector:4318/v1/logs'),
    'none',
    'Where sealed records are delivered over OTLP/HTTP; without a path, /v1/logs. None means nowhere.',
  ),
  setting(
    'delivery.protocol',
    { kind: 'choice', values: ['http/protobuf', 'http/json'] },
    'http/protobuf',
    'Encoding of what is delivered.',
  ),
  setting(
    'delivery.compression',
    { kind: 'choice', values: ['none', 'gzip'] },
    'none',
    'Compression of what is delivered.',
  ),
  setting(
    'delivery.headersFile',
    path,
    '',
    'File of headers sent with every delivery, one "Name: value" a line; read again when it changes.',
  ),
  setting(
    'delivery.caFile',
    path,
    '',
    'PEM of the authorities that may vouch for the endpoint; none means those of Node.js.',
  ),
  setting('delivery.clientCertificateFile', path, '', 'PEM of the certificate shown to the endpoint.'),
  setting('delivery.clientKeyFile', path, '', 'PEM of its private key.'),
  setting('delivery.proxy', url('http://proxy:3128'), 'none', 'HTTP proxy to the endpoint.'),
  setting('delivery.timeoutMs', integer(100, 120_000, 'ms'), 10_000, 'Time for one delivery and its answer.'),
  setting(
    'dataGroupReadable',
    boolean,
    false,
    'Let the group of the data directory read what is written there. Keys stay with their owner.',
  ),
  setting(
    'retention.maxAgeMs',
    integer(0, CENTURY_MS, 'ms'),
    0,
    'Age of a stream at which it is deleted. 0: a week with an endpoint, else never.',
  ),
  setting(
    'retention.maxBytes',
    integer(0, Number.MAX_SAFE_INTEGER, 'bytes'),
    0,
    'Bytes of all segments beyond which the oldest stream is deleted. 0: 1 GiB with an endpoint, else no limit.',
  ),
  setting(
    'retention.minFreeBytes',
    integer(0, Number.MAX_SAFE_INTEGER, 'bytes'),
    0,
    'Free bytes below which the oldest delivered stream is deleted. 0: not looked at.',
  ),
  setting('identity.user', resolvers, [], "Where the user's id is found, first hit wins; none means the usual places."),
  setting(
    'identity.session',
    resolvers,
    [],
    "Where the session's id is found, first hit wins; none means the usual places.",
  ),
  setting(
    'identity.sessionStartedAt',
    resolvers,
    [],
    'Where it is found when the session began: a date, RFC 3339, seconds or milliseconds; none means unknown.',
  ),
  setting(
    'identity.device',
    resolvers,
    [],
    "Where the device's id is found; only its keyed hash is recorded. None means unknown.",
  ),
  setting(
    'identity.deviceKnown',
    serviceResolvers,
    [],
    'Where it is found whether the user used the device before: true, false, 1 or 0; none means unknown.',
  ),
  setting('identity.userIdInClear', boolean, false, 'Record user.id as it is, beside its keyed hash.'),
  setting(
    'client.trustedProxies',
    networks,
    [],
    'Addresses or networks of the proxies whose X-Forwarded-For and header.* are believed.',
  ),
  setting(
    'client.fullAddress',
    boolean,
    false,
    'Record the whole client address instead of its prefix and keyed hash.',
  ),
  setting(
    'client.country',
    serviceResolvers,
    [],
    "Where the client's country is found (ISO 3166-1, two letters), such as header.cf-ipcountry; none means unknown.",
  ),
  setting(
    'client.locality',
    serviceResolvers,
    [],
    "Where the client's town is found, such as header.cf-ipcity; none means unknown.",
  ),
  setting(
    'ceremony.abandonAfterMs',
    integer(1000, 86_400_000, 'ms'),
    900_000,
    'Time without an answer after which a step-up is told as abandoned.',
  ),
  setting(
    'commit.policy',
    { kind: 'choice', values: ['strict', 'closed'] },
    'strict',
    'What commit() does when a record cannot be made durable: strict resolves with false, closed rejects.',
  ),
];
