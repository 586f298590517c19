// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

/** What OpenTelemetry's variables for OTLP exporters say of delivery. */
export interface OtlpVariables {
  /** Texts of our settings by dotted key, each with the variable it comes from. */
  readonly texts: ReadonlyMap<string, { readonly name: string; readonly text: string }>;
  /** Percent-decoded, names in lower case. Secret. */
  readonly headers: Readonly<Record<string, string>>;
  /** Why an endpoint that is named all the same is not used; one sentence. */
  readonly off?: string;
  readonly warnings: readonly string[];
}

const SAME: readonly (readonly [variable: string, key: string])[] = [
  ['PROTOCOL', 'delivery.protocol'],
  ['COMPRESSION', 'delivery.compression'],
  ['TIMEOUT', 'delivery.timeoutMs'],
  ['CERTIFICATE', 'delivery.caFile'],
  ['CLIENT_CERTIFICATE', 'delivery.clientCertificateFile'],
  ['CLIENT_KEY', 'delivery.clientKeyFile'],
];

/**
 * Reads OTEL_EXPORTER_OTLP_LOGS_* before OTEL_EXPORTER_OTLP_* (OpenTelemetry specification, "OpenTelemetry Protocol
 * Exporter"): the endpoint for logs is taken as it is, the common one gets `/v1/logs` behind it. An empty variable is
 * unset. They are the application's, too, so that nothing in them keeps anything from starting.
 */
export function readOtlpVariables(env: NodeJS.ProcessEnv): OtlpVariables {
  const texts = new Map<string, { name: string; text: string }>();
  const warnings: string[] = [];
  for (const [variable, key] of SAME) {
    const found = either(env, variable);
    if (found !== undefined) texts.set(key, found);
  }
  const off = reasonToStayOff(env, texts.get('delivery.protocol'));
  if (texts.get('delivery.protocol')?.text === 'grpc') texts.delete('delivery.protocol');
  const endpoint = endpointOf(env);
  if (endpoint !== undefined && off === undefined) texts.set('delivery.endpoint', endpoint);
  const headers: Record<string, string> = {};
  for (const name of ['OTEL_EXPORTER_OTLP_HEADERS', 'OTEL_EXPORTER_OTLP_LOGS_HEADERS']) {
    const read = parseHeaders(env[name] ?? '');
    if (read === undefined) {
      warnings.push(`${name} is left out: write name=value pairs with commas between, percent-encoded.`);
    } else Object.assign(headers, read);
  }
  return { texts, headers, warnings, ...(off === undefined || endpoint === undefined ? {} : { off }) };
}

function reasonToStayOff(
  env: NodeJS.ProcessEnv,
  protocol: { name: string; text: string } | undefined,
): string | undefined {
  const set = 'Set STEPSEAL_DELIVERY_ENDPOINT, such as http://collector:4318/v1/logs, to deliver sealed records.';
  if (protocol?.text === 'grpc')
    return `Nothing is delivered: ${protocol.name} is grpc, and delivery is over HTTP. ${set}`;
  const exporters = (env['OTEL_LOGS_EXPORTER'] ?? '').split(',').map((name) => name.trim());
  return exporters.includes('none') ? `Nothing is delivered: OTEL_LOGS_EXPORTER is none. ${set}` : undefined;
}

function endpointOf(env: NodeJS.ProcessEnv): { name: string; text: string } | undefined {
  const found = either(env, 'ENDPOINT');
  if (found === undefined || found.name === 'OTEL_EXPORTER_OTLP_LOGS_ENDPOINT') return found;
  return { name: found.name, text: `${found.text.replace(/\/+$/, '')}/v1/logs` };
}

function either(env: NodeJS.ProcessEnv, variable: string): { name: string; text: string } | undefined {
  for (const name of [`OTEL_EXPORTER_OTLP_LOGS_${variable}`, `OTEL_EXPORTER_OTLP_${variable}`]) {
    const text = (env[name] ?? '').trim();
    if (text !== '') return { name, text };
  }
  return undefined;
}

/** @returns undefined when any of it cannot be decoded */
function parseHeaders(list: string): Record<string, string> | undefined {
  const headers: Record<string, string> = {};
  for (const member of list.split(',')) {
    if (member.trim() === '') continue;
    const equals = member.indexOf('=');
    const name = member.slice(0, Math.max(0, equals)).trim().toLowerCase();
    if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name) || name === '__proto__') return undefined;
    try {
      const value = decodeURIComponent(member.slice(equals + 1).trim());
      if (!/^[\t\x20-\x7e]*$/.test(value)) return undefined;
      headers[name] = value;
    } catch {
      return undefined;
    }
  }
  return headers;
}
