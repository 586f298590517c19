// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import type { Answer, Server } from '../../src/connect.ts';

/** Answers as Elasticsearch does to the calls of the installer; `lacks` are the beginnings of paths it has not. */
export class MemoryServer implements Server {
  readonly objects = new Map<string, object>();
  readonly writes: string[] = [];
  readonly #lacks: readonly string[];

  constructor(lacks: readonly string[] = []) {
    this.#lacks = lacks;
  }

  request(method: 'GET' | 'PUT' | 'POST' | 'DELETE', path: string, body?: object): Promise<Answer> {
    return Promise.resolve(this.#answer(method, path.split('?')[0] ?? '', body));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #answer(method: string, path: string, body: object | undefined): Answer {
    if (this.#lacks.some((start) => path.startsWith(start))) {
      return { status: 400, body: { error: `no handler found for uri [${path}] and method [${method}]` } };
    }
    if (method !== 'GET') this.writes.push(`${method} ${path}`);
    if (method === 'PUT') this.objects.set(path, body ?? {});
    if (method === 'DELETE') return { status: this.objects.delete(path) ? 200 : 404, body: {} };
    if (method === 'PUT') return { status: 200, body: { acknowledged: true } };
    if (path.startsWith('/_resolve/index/')) return { status: 200, body: { data_streams: this.#streams() } };
    if (path === '/_index_template') return { status: 200, body: { index_templates: this.#templates() } };
    const found = this.objects.get(path);
    const name = decodeURIComponent(path.slice(path.lastIndexOf('/') + 1));
    if (found === undefined) return { status: 404, body: {} };
    if (path.startsWith('/_component_template/')) {
      return { status: 200, body: { component_templates: [{ name, component_template: found }] } };
    }
    if (path.startsWith('/_index_template/')) {
      return { status: 200, body: { index_templates: [{ name, index_template: found }] } };
    }
    return { status: 200, body: { [name]: found } };
  }

  #streams(): object[] {
    return this.#named('/_data_stream/').map(([name]) => ({ name, backing_indices: [`.ds-${name}-000001`] }));
  }

  #templates(): object[] {
    return this.#named('/_index_template/').map(([name, template]) => ({ name, index_template: template }));
  }

  #named(start: string): [string, object][] {
    const all = [...this.objects].filter(([path]) => path.startsWith(start));
    return all.map(([path, body]) => [decodeURIComponent(path.slice(start.length)), body]);
  }
}
