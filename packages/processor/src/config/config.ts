// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

/** Where a value came from; `name` is the flag, the variable or the file, as its user wrote it. */
export interface Origin {
  readonly kind: 'flag' | 'variable' | 'file' | 'default';
  readonly name: string;
}

/** Every setting, resolved: paths are absolute, durations are milliseconds, sizes are bytes. */
export interface Config {
  /** Name of the deployment in notes and in the trust policy. Default `local`. */
  readonly deployment: string;
  /** Directory of sealed segments and, by default, of the keys. Default `./.stepseal`. */
  readonly dataDir: string;
  /** Refuse to start when evidence cannot be written; no key is made up. Default false. */
  readonly required: boolean;
  readonly keys: {
    /** PKCS#8 PEM, Ed25519: signs what opens a stream. Default `<dataDir>/keys/identity.pem`. */
    readonly identityFile: string;
    /** Base64 of 32 bytes: keys the hashes of users, sessions and addresses. Default `<dataDir>/keys/pseudonym.key`. */
    readonly pseudonymFile: string;
    /** Base64 of 32 bytes: derives `step_up.id`; equal on all replicas. Default `<dataDir>/keys/correlation.key`. */
    readonly correlationFile: string;
  };
  readonly seal: {
    /** Records under one seal at most. Default 256, range 1 to 256. */
    readonly maxRecords: number;
    /** Time from the first uncovered record to its seal. Default 1000, range 10 to 1000. */
    readonly intervalMs: number;
    /** Time between seals when idle. Default 60000, range 1000 to 60000. */
    readonly heartbeatMs: number;
    /** Sign every record by itself too. Default false. */
    readonly recordSignatures: boolean;
  };
  readonly roll: {
    /** Size at which a stream closes and the next one opens. Default and limit 64 MiB. */
    readonly maxBytes: number;
    /** Age at which a stream closes and the next one opens. Default and limit 24 h. */
    readonly maxAgeMs: number;
  };
  readonly delivery: {
    /** Whole URL for sealed records over OTLP/HTTP, or `none`. Default `none`. */
    readonly endpoint: string;
    /** Default `http/protobuf`. */
    readonly protocol: 'http/protobuf' | 'http/json';
    /** Default `none`. */
    readonly compression: 'none' | 'gzip';
    /** Headers sent along, one `Name: value` a line. Empty: none. */
    readonly headersFile: string;
    /** PEM of the authorities that may vouch for the endpoint. Empty: those of Node.js. */
    readonly caFile: string;
    /** PEM of what is shown to the endpoint. Empty: nothing. */
    readonly clientCertificateFile: string;
    /** PEM of its private key. Empty: none. */
    readonly clientKeyFile: string;
    /** URL of an HTTP proxy, or `none`. Default `none`. */
    readonly proxy: string;
    /** Time for one request and its answer. Default 10000, range 100 to 120000. */
    readonly timeoutMs: number;
  };
  /** Let the group of the data directory read segments and what lies beside them. Default false. */
  readonly dataGroupReadable: boolean;
  readonly retention: {
    /** Age of a stream at which it is deleted. Default 0: a week with an endpoint, else never. Limit a century. */
    readonly maxAgeMs: number;
    /** Bytes of all segments beyond which the oldest goes. Default 0: 1 GiB with an endpoint, else no limit. */
    readonly maxBytes: number;
    /** Free bytes of the file system below which the oldest goes. Default 0: not looked at. */
    readonly minFreeBytes: number;
  };
  readonly identity: {
    /** Where the user's id is found, first hit wins: `req.user.id`, `token.sub`, `cookie.uid`. Empty: the usual places. */
    readonly user: readonly string[];
    /** Where the session's id is found, first hit wins: `cookie.sid`, `req.session.id`. Empty: the usual places. */
    readonly session: readonly string[];
    /** Where it is found when the session began: a date, RFC 3339, seconds or milliseconds. Empty: unknown. */
    readonly sessionStartedAt: readonly string[];
    /** Where the device's id is found, recorded as a keyed hash: `cookie.device`, `header.x-device-id`. Empty: unknown. */
    readonly device: readonly string[];
    /** Where it is found whether the user used the device before. Empty: unknown. */
    readonly deviceKnown: readonly string[];
    /** Record `user.id` as it is beside its keyed hash. Default false. */
    readonly userIdInClear: boolean;
  };
  readonly client: {
    /** Addresses or networks of proxies whose `X-Forwarded-For` and `header.*` paths are believed. Default none. */
    readonly trustedProxies: readonly string[];
    /** Record the whole client address instead of its prefix and keyed hash. Default false. */
    readonly fullAddress: boolean;
    /** Where the client's country is found, two letters of ISO 3166-1: `header.cf-ipcountry`. Empty: unknown. */
    readonly country: readonly string[];
    /** Where the client's town is found: `header.cf-ipcity`. Empty: unknown. */
    readonly locality: readonly string[];
  };
  readonly ceremony: {
    /** Time without an answer after which a step-up is told as abandoned. Default 900000, range 1000 to 86400000. */
    readonly abandonAfterMs: number;
  };
  readonly commit: {
    /** What `commit()` does when a record cannot be made durable: `strict` says so, `closed` rejects. Default `strict`. */
    readonly policy: 'strict' | 'closed';
  };
}

/** Value of a setting in the flat view that origins, schema and `stepseal config` share. */
export type SettingValue = string | number | boolean | readonly string[];

export interface ResolvedConfig extends Config {
  /** OTEL_SDK_DISABLED is `true`: record nothing, and say so. */
  readonly disabled: boolean;
  /** Resource attributes of OTEL_RESOURCE_ATTRIBUTES, percent-decoded, under OTEL_SERVICE_NAME. */
  readonly resource: Readonly<Record<string, string>>;
  /** Headers of OTEL_EXPORTER_OTLP_HEADERS and OTEL_EXPORTER_OTLP_LOGS_HEADERS. Secret: not to be shown. */
  readonly otlpHeaders: Readonly<Record<string, string>>;
  /** The configuration file that was read, absolute; absent when there was none. */
  readonly file?: string;
  /** Dotted key of each setting (`seal.maxRecords`, `disabled`, `resource.service.name`) to where it came from. */
  readonly origins: ReadonlyMap<string, Origin>;
  /** What was left out or is doubtful, one sentence each, for the log at start. */
  readonly warnings: readonly string[];
}
