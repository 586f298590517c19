// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { SoftwareAuthenticator } from '@stepseal/testkit';
import { generate } from 'otplib';

const ORIGIN = 'http://localhost:3000';

/** What the bank's proxy adds to every request: this client takes the proxy's place. */
const FROM_THE_PROXY = {
  'x-forwarded-for': '203.0.113.42',
  'x-client-country': 'DE',
  'x-client-city': 'Berlin',
};

/** One customer with a browser, a passkey and an authenticator app, talking to both services of the bank. */
export class Customer {
  #authenticator = new SoftwareAuthenticator({ origin: ORIGIN });
  #bank;
  #token;
  #codeSecret;
  #lastAnswer;

  /** @param {{ auth: string, transfers: string }} bank base addresses of the two services */
  constructor(name, bank) {
    this.name = name;
    this.#bank = bank;
  }

  async signIn() {
    const { body } = await this.#post(`${this.#bank.auth}/login`, { customer: this.name });
    this.#token = body.token;
  }

  async registerPasskey() {
    const options = await this.#post(`${this.#bank.auth}/passkeys/options`, {});
    const { status } = await this.#post(`${this.#bank.auth}/passkeys`, this.#authenticator.register(options.body));
    if (status !== 201) throw new Error(`the bank refused the passkey: ${status}`);
  }

  async setUpAuthenticator() {
    const { status, body } = await this.#post(`${this.#bank.auth}/authenticators`, {});
    if (status !== 201) throw new Error(`the bank refused the authenticator app: ${status}`);
    this.#codeSecret = body.secret;
  }

  /**
   * With a key the bank is to take a second asking for the same transfer.
   *
   * @returns {Promise<{ status: number, challenge: string | null, body: any }>}
   */
  transfer(amount, to, key) {
    const headers = key === undefined ? {} : { 'idempotency-key': key };
    return this.#post(`${this.#bank.transfers}/transfers`, { amount, to }, headers);
  }

  raiseLimit(daily) {
    return this.#post(`${this.#bank.transfers}/limits`, { daily });
  }

  /** Answers a demand for a passkey. With `wrongKey` somebody answers who does not hold it. */
  async stepUp(demand, { wrongKey = false } = {}) {
    const answer = this.#authenticator.authenticate(demand.body.options, { wrongKey });
    return this.#prove('/step-up/verify', { ticket: demand.body.ticket, answer });
  }

  /** Sends the last answer once more, as somebody does who has read it on the way. */
  answerAgain() {
    return this.#prove('/step-up/verify', this.#lastAnswer);
  }

  /** Answers with the code that the app shows, or with one that it does not. */
  async enterCode({ wrong = false } = {}) {
    const shown = await generate({ secret: this.#codeSecret });
    const code = wrong ? String((Number(shown) + 1) % 1_000_000).padStart(6, '0') : shown;
    return this.#prove('/step-up/code', { code });
  }

  async #prove(path, answer) {
    this.#lastAnswer = answer;
    const result = await this.#post(`${this.#bank.auth}${path}`, answer);
    if (result.status === 200) this.#token = result.body.token;
    return result;
  }

  async #post(url, body, headers = {}) {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...FROM_THE_PROXY,
        cookie: `device=browser-of-${this.name}`,
        'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0',
        ...(this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` }),
        ...headers,
      },
      body: JSON.stringify(body),
    });
    return {
      status: response.status,
      challenge: response.headers.get('www-authenticate'),
      body: await response.json(),
    };
  }
}
