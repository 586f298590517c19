// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

/** What a server asks for in a step-up authentication challenge, RFC 9470 section 3. */
export interface StepUpChallenge {
  /** Any one of these suffices; empty when the server named none. */
  readonly acrValues: readonly string[];
  /** Seconds since the user last proved himself; absent when the server set no limit. */
  readonly maxAgeS?: number;
}

/** Longer header fields are not read: no server that means a challenge writes one. */
const MAX_FIELD_LENGTH = 8192;
const MAX_ACR_VALUES = 16;
const MAX_AGE_LIMIT_S = 2_147_483_647;
const ERROR_CODE = 'insufficient_user_authentication';

/**
 * Reads the field values of `WWW-Authenticate` and returns the first challenge that demands a stronger proof,
 * whatever its scheme (Bearer and DPoP are in use). The values are written by the instrumented service, but may
 * carry what a client sent: the scanner reads each character once and gives up at the first that no grammar allows.
 *
 * Grammar: RFC 9110 sections 5.6 and 11.6.1. `max_age` is read quoted and bare, as servers write both.
 */
export function parseStepUpChallenge(fields: readonly string[]): StepUpChallenge | undefined {
  for (const field of fields) {
    if (field.length > MAX_FIELD_LENGTH || !field.includes(ERROR_CODE)) continue;
    for (const parameters of challengesOf(field)) {
      if (parameters.get('error') === ERROR_CODE) return demandOf(parameters);
    }
  }
  return undefined;
}

function demandOf(parameters: ReadonlyMap<string, string>): StepUpChallenge {
  const acrValues = (parameters.get('acr_values') ?? '').split(' ').filter((value) => value !== '');
  const maxAge = parameters.get('max_age') ?? '';
  const maxAgeS = /^[0-9]{1,10}$/.test(maxAge) ? Number(maxAge) : undefined;
  return {
    acrValues: acrValues.slice(0, MAX_ACR_VALUES),
    ...(maxAgeS !== undefined && maxAgeS <= MAX_AGE_LIMIT_S ? { maxAgeS } : {}),
  };
}

/** Yields the parameters of each challenge of one field; stops at the first character out of place. */
function* challengesOf(field: string): Generator<ReadonlyMap<string, string>> {
  const scanner = new Scanner(field);
  let parameters: Map<string, string> | undefined;
  for (;;) {
    scanner.skip(' \t,');
    const name = scanner.token();
    if (name === '') break;
    scanner.skip(' \t');
    if (parameters !== undefined && scanner.take('=')) {
      const value = scanner.value();
      if (value === undefined) break;
      // Parameter names are unique in a challenge: a second `error` does not overrule the first.
      const key = name.toLowerCase();
      if (!parameters.has(key)) parameters.set(key, value);
      continue;
    }
    if (parameters !== undefined) yield parameters;
    parameters = new Map();
    scanner.token68();
  }
  if (parameters !== undefined) yield parameters;
}

class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  skip(characters: string): void {
    while (this.#at < this.#text.length && characters.includes(this.#text.charAt(this.#at))) this.#at += 1;
  }

  take(character: string): boolean {
    if (this.#text.charAt(this.#at) !== character) return false;
    this.#at += 1;
    return true;
  }

  token(): string {
    return this.#match(/[!#$%&'*+.^_`|~0-9A-Za-z-]+/y);
  }

  /** The credentials-like form of a challenge (`Negotiate YII…=`): passed over, when it is one. */
  token68(): void {
    this.#match(/[-._~+/0-9A-Za-z]+=*(?=[ \t]*(?:,|$))/y);
  }

  /** Parameter value: a token or a quoted string, unescaped. */
  value(): string | undefined {
    this.skip(' \t');
    if (this.#text.charAt(this.#at) !== '"') {
      const token = this.token();
      return token === '' ? undefined : token;
    }
    const quoted = this.#match(/"(?:[^"\\]|\\.)*"/y);
    return quoted === '' ? undefined : quoted.slice(1, -1).replaceAll(/\\(.)/g, '$1');
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? '';
    this.#at += found.length;
    return found;
  }
}
