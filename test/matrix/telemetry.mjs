// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

// What a service sent, in a form in which two runs can be compared: ids and times masked, the order left out.

const LEAST_SPANS = 20;

/** Differs from run to run whatever we do: process ids, generated instance ids, command lines, ports. */
const PER_RUN =
  /^(?:process\.|service\.instance\.id$|host\.|(?:client|net\.peer|net\.host|network\.peer|server|net\.sock\.[a-z]+)\.port$)/;
const PORT = /127\.0\.0\.1:\d+/g;

/** Measures of the trail itself, which the application's own provider of meters gets from us. */
const OURS = /^@stepseal\//;

/** Measures of the process as a whole: a short run sends some of them or not, as its event loop was sampled or not. */
const OF_THE_PROCESS = /runtime|host-metrics/;

/** @param {{ traces: object[], metrics: object[], logs: object[] }} received bodies of OTLP requests */
export function comparable({ traces, metrics, logs }) {
  return {
    spans: spansOf(traces).sort(),
    metrics: [...new Set(metricsOf(metrics))].sort(),
    logs: ownLogs(logs).sort(),
  };
}

/** What one run has and the other has not, as lines that begin with + (only with us) or - (only without). */
export function differences(without, withUs) {
  if (without.spans.length < LEAST_SPANS) return [`only ${without.spans.length} spans to compare`];
  if (without.metrics.length === 0) return ['no metrics to compare'];
  return Object.keys(without).flatMap((signal) => [
    ...minus(withUs[signal], without[signal]).map((line) => `+ ${signal} ${line}`),
    ...minus(without[signal], withUs[signal]).map((line) => `- ${signal} ${line}`),
  ]);
}

/** Names of the events of ours that arrived. */
export function deliveredEvents(logs) {
  return logRecords(logs)
    .filter(({ record }) => isOurs(record))
    .map(({ record }) => record.eventName);
}

/** Trace ids of the server spans. */
export function serverSpans(traces) {
  return spansIn(traces).filter(({ span }) => span.kind === 2);
}

function spansOf(traces) {
  const all = spansIn(traces);
  const byId = new Map(all.map(({ span }) => [span.spanId, span]));
  return all.map(({ resource, scope, span }) =>
    JSON.stringify({
      path: pathOf(span, byId),
      kind: span.kind,
      scope,
      resource,
      attributes: attributesOf(span.attributes),
      events: (span.events ?? []).map(({ name, attributes }) => [name, attributesOf(attributes)]),
      links: (span.links ?? []).length,
      status: span.status,
    }),
  );
}

function spansIn(traces) {
  return traces
    .flatMap(({ resourceSpans }) => resourceSpans)
    .flatMap(({ resource, scopeSpans }) =>
      scopeSpans.flatMap(({ scope, spans }) =>
        spans.map((span) => ({ resource: attributesOf(resource.attributes), scope: scope.name, span })),
      ),
    );
}

/** Names from the root span down to this one. */
function pathOf(span, byId) {
  const parent = byId.get(span.parentSpanId);
  return parent === undefined ? [span.name] : [...pathOf(parent, byId), span.name];
}

function metricsOf(metrics) {
  return metrics
    .flatMap(({ resourceMetrics }) => resourceMetrics)
    .flatMap(({ scopeMetrics }) => scopeMetrics)
    .filter(({ scope }) => !OF_THE_PROCESS.test(scope.name) && !OURS.test(scope.name))
    .flatMap(({ scope, metrics: ofScope }) => ofScope.map((metric) => metricLine(scope.name, metric)));
}

function metricLine(scope, metric) {
  const kind = ['sum', 'gauge', 'histogram', 'exponentialHistogram'].find((name) => metric[name] !== undefined);
  const points = metric[kind].dataPoints.map((point) => `${attributesOf(point.attributes)} ${point.count ?? ''}`);
  return JSON.stringify({ scope, name: metric.name, unit: metric.unit, kind, points: points.sort() });
}

function ownLogs(logs) {
  return logRecords(logs)
    .filter(({ record }) => !isOurs(record))
    .map(({ scope, record }) =>
      JSON.stringify({
        scope: scope?.name,
        body: record.body,
        severity: record.severityNumber,
        eventName: record.eventName,
        attributes: attributesOf(record.attributes),
        inTrace: (record.traceId ?? '') !== '',
      }),
    );
}

function logRecords(logs) {
  return logs
    .flatMap(({ resourceLogs }) => resourceLogs)
    .flatMap(({ scopeLogs }) => scopeLogs)
    .flatMap(({ scope, logRecords: ofScope }) => ofScope.map((record) => ({ scope, record })));
}

/** What we deliver, to the same endpoint, has a place in a chain. */
function isOurs(record) {
  return (record.attributes ?? []).some(({ key }) => key === 'audit.sequence.number');
}

function attributesOf(attributes = []) {
  const kept = attributes.map(({ key, value }) =>
    PER_RUN.test(key) ? `${key}=*` : `${key}=${JSON.stringify(value).replace(PORT, '127.0.0.1:*')}`,
  );
  return kept.sort().join(' ');
}

/** Of lists in which a line may stand several times. */
function minus(lines, others) {
  const left = [...others];
  return lines.filter((line) => {
    const at = left.indexOf(line);
    if (at !== -1) left.splice(at, 1);
    return at === -1;
  });
}
