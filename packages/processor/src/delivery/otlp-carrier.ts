// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import http, { type Agent } from 'node:http';
import https from 'node:https';
import type { ConnectionOptions } from 'node:tls';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Clock } from '../clock.ts';
import { SealingError, systemCode } from '../errors.ts';
import { answerText } from '../otlp/answer.ts';
import { type ExportedStream, exportedStream } from '../otlp/exported-stream.ts';
import { jsonEncoding } from '../otlp/json-encoding.ts';
import type { LogsEncoding } from '../otlp/logs-encoding.ts';
import { protobufEncoding } from '../otlp/protobuf-encoding.ts';
import { SOFTWARE_VERSION } from '../version.ts';
import { parseRetryAfter } from './back-off.ts';
import { type Carrier, type Load, MALFORMED, type Outcome } from './carrier.ts';
import { parseHeaders } from './headers-text.ts';
import { type HttpAnswer, post } from './http-post.ts';
import type { OtlpDeliveryOptions } from './otlp-options.ts';
import { basicCredentials, proxyAuthorization, TunnelAgent } from './proxy-tunnel.ts';
import { WatchedFiles } from './watched-files.ts';

const compress = promisify(gzip);

const BUSY = new Set([408, 429, 502, 503, 504]);

/** Failures of a connection that waiting does not mend: certificates, a proxy that refuses, a header file. */
const FAULTS =
  /^(PROXY_REFUSED|EPROTO|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_|ERR_SSL_|ERR_OSSL_|ERR_INVALID_)/;

const TIMEOUT_MS = 10_000;

/** OTLP over HTTP (OTLP 1.x, "OTLP/HTTP"). One request at a time, on one connection. */
export class OtlpCarrier implements Carrier {
  readonly destination: string;
  readonly #options: OtlpDeliveryOptions;
  readonly #clock: Clock;
  readonly #url: URL;
  readonly #proxy: URL | undefined;
  readonly #encoding: LogsEncoding;
  readonly #files: WatchedFiles<'headers' | 'ca' | 'cert' | 'key'>;
  readonly #closed = new AbortController();
  #agent: Agent | undefined;
  #headers: Record<string, string> = {};
  #open: Uint8Array | undefined;
  #stream: ExportedStream = { resource: new Map(), softwareVersion: '' };

  /** @throws SealingError `INVALID_OPTION` */
  constructor(options: OtlpDeliveryOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
    this.#url = httpUrl(options.endpoint, 'the endpoint');
    this.#proxy = options.proxy === undefined ? undefined : httpUrl(options.proxy, 'the proxy');
    this.destination = this.#url.origin;
    this.#encoding = options.protocol === 'http/json' ? jsonEncoding : protobufEncoding();
    const { headersFile, caFile, clientCertificateFile, clientKeyFile } = options;
    this.#files = new WatchedFiles(
      {
        ...(headersFile === undefined ? {} : { headers: headersFile }),
        ...(caFile === undefined ? {} : { ca: caFile }),
        ...(clientCertificateFile === undefined ? {} : { cert: clientCertificateFile }),
        ...(clientKeyFile === undefined ? {} : { key: clientKeyFile }),
      },
      () => clock.monotonicMs(),
    );
  }

  async carry({ open, records }: Load): Promise<Outcome> {
    try {
      this.#prepare();
    } catch (error) {
      // Only the name of the file and the system's code: what is in it is secret.
      const what = error instanceof RangeError ? error.message : 'a file that delivery needs cannot be used';
      return { kind: 'fault', status: 0, problem: `${what} (${systemCode(error) ?? 'see the settings of delivery'})` };
    }
    let encoded: Uint8Array;
    try {
      encoded = this.#encoding.encode(this.#streamOf(open), records);
    } catch {
      return MALFORMED;
    }
    try {
      const body = this.#options.compression === 'gzip' ? await compress(encoded) : encoded;
      return this.#read(await post(this.#request(body)));
    } catch (error) {
      const code = systemCode(error) ?? 'unknown';
      return { kind: FAULTS.test(code) ? 'fault' : 'unreachable', status: 0, problem: `no answer (${code})` };
    }
  }

  close(): Promise<void> {
    this.#closed.abort();
    this.#agent?.destroy();
    return Promise.resolve();
  }

  #streamOf(open: Uint8Array): ExportedStream {
    if (open === this.#open) return this.#stream;
    this.#open = open;
    try {
      this.#stream = exportedStream(open);
    } catch {
      // No open record: somebody changed the file. The verifier says so; the records leave all the same.
      this.#stream = { resource: new Map(), softwareVersion: '' };
    }
    return this.#stream;
  }

  /** Reads files that are new or have changed. @throws what the file system, TLS or a header line has against it */
  #prepare(): void {
    const changed = this.#files.look();
    if (this.#agent !== undefined && !changed) return;
    const { contents } = this.#files;
    const headers = contents.get('headers');
    this.#headers = {
      ...this.#options.headers,
      ...(headers === undefined ? {} : parseHeaders(headers.toString('utf8'))),
    };
    const secure: ConnectionOptions = {};
    for (const name of ['ca', 'cert', 'key'] as const) {
      const pem = contents.get(name);
      if (pem !== undefined) secure[name] = pem;
    }
    const before = this.#agent;
    this.#agent = this.#newAgent(secure);
    before?.destroy();
  }

  #newAgent(secure: ConnectionOptions): Agent {
    const kept = { keepAlive: true, maxSockets: 1 };
    if (this.#url.protocol === 'http:')
      return this.#proxy?.protocol === 'https:' ? new https.Agent(kept) : new http.Agent(kept);
    return this.#proxy === undefined ? new https.Agent({ ...kept, ...secure }) : new TunnelAgent(this.#proxy, secure);
  }

  #request(body: Uint8Array): Parameters<typeof post>[0] {
    const url = this.#url;
    const plainProxy = url.protocol === 'http:' ? this.#proxy : undefined;
    const credentials = basicCredentials(url);
    const bare = new URL(url);
    bare.username = '';
    bare.password = '';
    return {
      url: plainProxy ?? bare,
      ...(plainProxy === undefined ? {} : { path: bare.href }),
      agent: this.#agent as Agent,
      headers: {
        'user-agent': `stepseal/${SOFTWARE_VERSION}`,
        accept: this.#encoding.contentType,
        ...(credentials === undefined ? {} : { authorization: credentials }),
        ...(plainProxy === undefined ? {} : { host: url.host, ...proxyAuthorization(plainProxy) }),
        ...this.#headers,
        'content-type': this.#encoding.contentType,
        ...(this.#options.compression === 'gzip' ? { 'content-encoding': 'gzip' } : {}),
      },
      body,
      timeoutMs: this.#options.timeoutMs ?? TIMEOUT_MS,
      signal: this.#closed.signal,
    };
  }

  #read(answer: HttpAnswer): Outcome {
    const { status, headers, body, oversize } = answer;
    if (status >= 200 && status < 300) return this.#readSuccess(answer);
    if (status === 400 || status === 413) {
      const text = this.#statusText(body, headers['content-type']);
      return { kind: 'refused', status, answer: status === 413 ? 'too_large' : 'bad_request', text };
    }
    const retryAfterMs = parseRetryAfter(headers['retry-after'], this.#clock.wallMs());
    return {
      kind: BUSY.has(status) ? 'busy' : 'fault',
      status,
      problem: `it answered ${status}${oversize ? ' at length' : ''}`,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    };
  }

  #readSuccess({ status, headers, body, oversize }: HttpAnswer): Outcome {
    const contentType = headers['content-type'];
    // A page, even an empty one, is a proxy's or a portal's: nothing says that the records arrived.
    const page = contentType?.toLowerCase().startsWith('text/html') === true;
    const answer = oversize || page ? 'unreadable' : this.#encoding.readAnswer(body, contentType);
    if (answer === 'unreadable') {
      return { kind: 'fault', status, problem: `it answered ${status} with something that is not OTLP` };
    }
    if (answer === undefined) return { kind: 'accepted', status };
    if (answer.rejected === 0) return { kind: 'accepted', status, warning: answer.message };
    return { kind: 'refused', status, answer: 'rejected', text: answer.message };
  }

  /** Words of a refusal: a page is not shown, a `Status` message in protobuf is its printable part. */
  #statusText(body: Buffer, contentType: string | undefined): string {
    return contentType?.toLowerCase().startsWith('text/html') === true
      ? ''
      : answerText(body.toString('utf8', 0, 2_048));
  }
}

function httpUrl(text: string, what: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // The text may hold credentials: it is not repeated.
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw new SealingError('INVALID_OPTION', `${what} is no http or https URL`);
  try {
    basicCredentials(url);
  } catch {
    throw new SealingError('INVALID_OPTION', `the credentials in ${what} are not percent-encoded`);
  }
  return url;
}
