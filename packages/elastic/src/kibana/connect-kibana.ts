// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { readFileSync } from 'node:fs';
import { request as overHttp } from 'node:http';
import { request as overHttps } from 'node:https';
import type { Answer, Connection } from '../connect.ts';
import { ElasticError } from '../errors.ts';

/** A Kibana that can be asked, within one of its spaces. */
export interface Kibana {
  /** Name of the space; `default` is the one that everybody has. */
  readonly space: string;
  /**
   * @param path from `/api` on
   * @param body sent as JSON; a `Buffer` as a file of saved objects
   * @throws ElasticError `ELASTIC_UNREACHABLE`, `ELASTIC_UNAUTHENTICATED`; every other status is an answer
   */
  request(method: 'GET' | 'PUT' | 'POST' | 'DELETE', path: string, body?: object): Promise<Answer>;
}

const TIMEOUT_MS = 30_000;
/** More than a list of everything in a space; what answers more is not Kibana. */
const LONGEST_ANSWER = 32 * 1024 * 1024;
const BOUNDARY = 'stepseal-saved-objects';

/**
 * Takes note of where Kibana is; nothing is sent yet. It is asked with the credentials for Elasticsearch.
 *
 * @param space a name as in Kibana's address, `/s/NAME`; default `default`
 * @throws ElasticError `ELASTIC_SETTING_INVALID`
 */
export function connectKibana(connection: Connection, space = 'default'): Kibana {
  const base = address(connection.url);
  if (!/^[a-z0-9_-]+$/.test(space)) {
    throw new ElasticError('ELASTIC_SETTING_INVALID', 'The name of a space is of lower-case letters, digits, - and _.');
  }
  const prefix = base.pathname.replace(/\/$/, '') + (space === 'default' ? '' : `/s/${space}`);
  const ca = connection.caFile === undefined ? undefined : readCa(connection.caFile);
  const headers = { 'kbn-xsrf': 'stepseal', accept: 'application/json', ...authorization(connection) };
  return {
    space,
    request: async (method, path, body) => {
      const sent = body === undefined ? undefined : encode(body);
      const answer = await exchange(new URL(prefix + path, base), {
        method,
        headers: { ...headers, ...(sent && { 'content-type': sent.type, 'content-length': sent.bytes.length }) },
        ...(ca !== undefined && { ca }),
        body: sent?.bytes,
      });
      if (answer.status === 401) {
        throw new ElasticError('ELASTIC_UNAUTHENTICATED', 'Kibana does not accept the credentials (401).');
      }
      return answer;
    },
  };
}

function address(url: string): URL {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !['http:', 'https:'].includes(parsed.protocol)) {
    throw new ElasticError('ELASTIC_SETTING_INVALID', 'The address of Kibana is no http or https URL.');
  }
  if (parsed.username !== '' || parsed.password !== '') {
    throw new ElasticError('ELASTIC_SETTING_INVALID', 'The address of Kibana must not hold credentials.');
  }
  return parsed;
}

function readCa(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    throw new ElasticError('ELASTIC_SETTING_INVALID', 'The file of the certificate authority cannot be read.');
  }
}

function authorization({ apiKey, user, password }: Connection): { authorization?: string } {
  if (apiKey !== undefined) return { authorization: `ApiKey ${apiKey}` };
  if (user === undefined && password === undefined) return {};
  if (user === undefined || password === undefined) {
    throw new ElasticError('ELASTIC_SETTING_INVALID', 'A user needs a password, and a password a user.');
  }
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
}

function encode(body: object): { readonly type: string; readonly bytes: Buffer } {
  if (!Buffer.isBuffer(body)) return { type: 'application/json', bytes: Buffer.from(JSON.stringify(body)) };
  const head =
    `--${BOUNDARY}\r\ncontent-disposition: form-data; name="file"; filename="stepseal.ndjson"\r\n` +
    'content-type: application/ndjson\r\n\r\n';
  const bytes = Buffer.concat([Buffer.from(head), body, Buffer.from(`\r\n--${BOUNDARY}--\r\n`)]);
  return { type: `multipart/form-data; boundary=${BOUNDARY}`, bytes };
}

interface Exchange {
  readonly method: string;
  readonly headers: Record<string, string | number>;
  readonly ca?: Buffer;
  readonly body: Buffer | undefined;
}

/** One request on a connection of its own. */
function exchange(url: URL, { body, ...options }: Exchange): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error & { code?: string }): void => {
      const why = error.code ?? error.name;
      reject(new ElasticError('ELASTIC_UNREACHABLE', `Kibana cannot be reached (${why}).`));
    };
    const open = url.protocol === 'https:' ? overHttps : overHttp;
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const call = open(url, { ...options, agent: false, signal }, (response) => {
      const chunks: Buffer[] = [];
      let length = 0;
      response.on('data', (chunk: Buffer) => {
        length += chunk.length;
        if (length > LONGEST_ANSWER) response.destroy(new Error('too long'));
        else chunks.push(chunk);
      });
      response.on('error', fail);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: parsed(Buffer.concat(chunks)) }));
    });
    call.on('error', fail);
    call.end(body);
  });
}

/** JSON as it is, lines of JSON as a list; undefined for anything else, such as the page of a proxy. */
function parsed(bytes: Buffer): unknown {
  const text = bytes.toString('utf8').trim();
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    try {
      return text.split('\n').map((line) => JSON.parse(line) as unknown);
    } catch {
      return undefined;
    }
  }
}
