// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Json, type JsonObject, objectAt, objectsAt, textAt } from '../../../src/json.ts';

interface Request {
  readonly method: string;
  /** Without the space. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

type Reply = readonly [status: number, body?: Json];

/**
 * Answers over HTTP as Kibana's documentation and reference say, to the calls of the installer. It is no Kibana: what it
 * shows is that the calls are well-formed and that their answers are understood.
 */
export class KibanaServer {
  readonly dataViews = new Map<string, JsonObject>();
  readonly dashboards = new Map<string, JsonObject>();
  readonly searches = new Map<string, JsonObject>();
  /** Calls that may change something: `PUT /api/dashboards/x`. */
  readonly writes: { readonly call: string; readonly body: unknown }[] = [];
  /** Paths as they were asked for. */
  readonly paths: string[] = [];
  /** Beginnings of paths that it does not know, as an older Kibana does not. */
  lacks: readonly string[] = [];
  /** Refuses everything with this status. */
  refuses: number | undefined;
  readonly #server: Server = createServer((request, response) => void this.#serve(request, response));

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const url = new URL(incoming.url ?? '/', 'http://kibana');
    this.paths.push(url.pathname);
    const [status, body] = this.#answer({
      method: incoming.method ?? '',
      path: url.pathname.replace(/^\/s\/[^/]+/, ''),
      query: url.searchParams,
      headers: incoming.headers,
      body: Buffer.concat(chunks).toString('utf8'),
    });
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(body === undefined ? '' : JSON.stringify(body));
  }

  #answer(request: Request): Reply {
    const { method, path, headers } = request;
    if (this.refuses !== undefined) return [this.refuses, { statusCode: this.refuses, message: 'No.' }];
    if (headers.authorization === undefined) return [401, { message: 'Unauthorized' }];
    if (this.lacks.some((start) => path.startsWith(start))) return [404, { statusCode: 404, message: 'Not Found' }];
    if (method !== 'GET' && headers['kbn-xsrf'] === undefined) {
      return [400, { message: 'Request must contain a kbn-xsrf header.' }];
    }
    if (method !== 'GET' && !path.endsWith('/_export')) {
      this.writes.push({ call: `${method} ${path}`, body: jsonOf(request.body) });
    }
    if (path.startsWith('/api/dashboards')) return this.#dashboard(request);
    if (path.startsWith('/api/data_views')) return this.#dataView(request);
    return this.#savedObjects(request);
  }

  #dashboard({ method, path, body }: Request): Reply {
    const id = path.slice('/api/dashboards/'.length);
    if (id === '') return [200, { dashboards: [], page: 1, total: this.dashboards.size }];
    if (method === 'PUT') {
      const known = this.dashboards.has(id);
      this.dashboards.set(id, withDefaults(JSON.parse(body) as JsonObject));
      return [known ? 200 : 201, { id, data: this.dashboards.get(id) ?? {}, meta: {} }];
    }
    const data = this.dashboards.get(id);
    if (data === undefined) return [404, { statusCode: 404, message: `A dashboard with ID [${id}] was not found.` }];
    if (method === 'DELETE') return this.dashboards.delete(id) ? [200] : [404];
    return [200, { id, data, meta: {} }];
  }

  #dataView({ method, path, body }: Request): Reply {
    const [, id, fields] = /^\/api\/data_views\/data_view\/([^/]+)(\/fields)?$/.exec(path) ?? [];
    if (path === '/api/data_views') return [200, { data_view: [...this.dataViews.values()] }];
    if (id === undefined) {
      const view = objectAt(JSON.parse(body), 'data_view') ?? {};
      const taken = [...this.dataViews.values()].some(({ name }) => name === view['name']);
      if (taken) return [400, { message: 'Duplicate data view' }];
      this.dataViews.set(textAt(view, 'id'), { ...view, namespaces: ['default'], version: 'WzEsMV0=' });
      return [200, { data_view: view }];
    }
    const view = this.dataViews.get(id);
    if (view === undefined) return [404, { message: 'Saved object not found' }];
    if (method === 'DELETE') return this.dataViews.delete(id) ? [200] : [404];
    if (method === 'POST') {
      const sent = JSON.parse(body) as JsonObject;
      const changes =
        fields === undefined ? objectAt(sent, 'data_view') : { fieldAttrs: objectAt(sent, 'fields') ?? {} };
      this.dataViews.set(id, { ...view, ...changes });
    }
    return [200, { data_view: this.dataViews.get(id) ?? {} }];
  }

  #savedObjects({ method, path, query, headers, body }: Request): Reply {
    if (path === '/api/saved_objects/_export') {
      const id = textAt(objectsAt(JSON.parse(body), 'objects')[0], 'id');
      const found = this.searches.get(id);
      if (found !== undefined) return [200, found];
      const objects = [{ id, type: 'search', error: { statusCode: 404 } }];
      return [400, { message: 'Error fetching objects to export', attributes: { objects } }];
    }
    if (path === '/api/saved_objects/_import') {
      if (headers['content-type']?.startsWith('multipart/form-data; boundary=') !== true) return [415];
      const line = body.split('\r\n\r\n')[1]?.split('\r\n')[0] ?? '';
      const object = JSON.parse(line) as JsonObject;
      const id = textAt(object, 'id');
      if (this.searches.has(id) && query.get('overwrite') !== 'true') return [200, { success: false, successCount: 0 }];
      this.searches.set(id, migrated(object));
      return [200, { success: true, successCount: 1 }];
    }
    const id = path.slice('/api/saved_objects/search/'.length);
    return method === 'DELETE' && this.searches.delete(id) ? [200, {}] : [404, { message: 'Not Found' }];
  }
}

/** What a server may do to a dashboard that it takes: fill in defaults, and drop what says nothing. */
function withDefaults({ filters: _, ...dashboard }: JsonObject): JsonObject {
  const panels = objectsAt(dashboard, 'panels').map((panel) => ({
    ...panel,
    config: { ...objectAt(panel, 'config'), hide_title: false, time_range: null },
  }));
  return { ...dashboard, panels, access_control: { access_mode: 'default' } };
}

/** A saved search as a newer version keeps it. */
function migrated(object: JsonObject): JsonObject {
  const { title = '', description = '', ...tab } = objectAt(object, 'attributes') ?? {};
  return { ...object, attributes: { title, description, tabs: [{ id: 'first', label: 'Untitled', attributes: tab }] } };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
