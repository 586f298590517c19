// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { describe, expect, test } from 'vitest';
import { comparable, differences } from './telemetry.mjs';

interface Span {
  name: string;
  spanId: string;
  parentSpanId?: string;
  attributes?: { key: string; value: object }[];
}

/** What a service sends that has these spans; ids as given, so that equal names need not be equal spans. */
function sent(spans: Span[], logs: object[] = []): Parameters<typeof comparable>[0] {
  const scope = { name: 'http' };
  const metric = { name: 'http.server.request.duration', unit: 's', histogram: { dataPoints: [{ count: 20 }] } };
  return {
    traces: [{ resourceSpans: [{ resource: { attributes: [] }, scopeSpans: [{ scope, spans }] }] }],
    metrics: [{ resourceMetrics: [{ scopeMetrics: [{ scope, metrics: [metric] }] }] }],
    logs: [{ resourceLogs: [{ scopeLogs: [{ scope, logRecords: logs }] }] }],
  };
}

function spans(prefix: string): Span[] {
  const root = { name: 'GET /', spanId: `${prefix}0` };
  const rest = Array.from({ length: 20 }, (_, at) => ({
    name: `middleware ${at}`,
    spanId: `${prefix}${at + 1}`,
    parentSpanId: root.spanId,
  }));
  return [root, ...rest];
}

function compare(a: Parameters<typeof comparable>[0], b: Parameters<typeof comparable>[0]): string[] {
  return differences(comparable(a), comparable(b));
}

describe('what a service sends with us and without', () => {
  test('is equal where only ids and the order differ', () => {
    expect(compare(sent(spans('a')), sent(spans('b').reverse()))).toEqual([]);
  });

  test('is not where a span is missing, is new, or hangs elsewhere', () => {
    const [root, first, ...rest] = spans('b');
    if (root === undefined || first === undefined) throw new Error('no spans');
    expect(compare(sent(spans('a')), sent([root, ...rest]))).toHaveLength(1);
    expect(compare(sent(spans('a')), sent([...spans('b'), { name: 'POST', spanId: 'c' }]))).toHaveLength(1);
    const { parentSpanId: _, ...orphan } = first;
    expect(compare(sent(spans('a')), sent([root, orphan, ...rest]))).toHaveLength(2);
  });

  test('is not where an attribute differs that no run changes by itself', () => {
    const withAttribute = (key: string, text: string): Span[] =>
      spans('a').map((span) => ({ ...span, attributes: [{ key, value: { stringValue: text } }] }));
    expect(compare(sent(withAttribute('http.route', '/a')), sent(withAttribute('http.route', '/b')))).not.toEqual([]);
    expect(compare(sent(withAttribute('client.port', '1')), sent(withAttribute('client.port', '2')))).toEqual([]);
  });

  test('is equal where sealed records of ours arrive at the same endpoint, and not where another record does', () => {
    const sealed = { attributes: [{ key: 'audit.sequence.number', value: { intValue: '3' } }] };
    expect(compare(sent(spans('a')), sent(spans('b'), [sealed]))).toEqual([]);
    expect(compare(sent(spans('a')), sent(spans('b'), [{ body: { stringValue: 'x' } }]))).toHaveLength(1);
  });

  test('is not taken for equal where there is nothing to compare', () => {
    expect(compare(sent(spans('a').slice(2)), sent(spans('b').slice(2)))).toEqual(['only 19 spans to compare']);
  });
});
