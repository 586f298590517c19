// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { SoftwareAuthenticator } from '@stepseal/testkit';

const ORIGIN = 'http://localhost:3000';

/** One customer with a browser and a passkey, talking to both services of the bank. */
export class Customer {
  #authenticator = new SoftwareAuthenticator({ origin: ORIGIN });
  #bank;
  #token;

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

  /** @returns {Promise<{ status: number, challenge: string | null, body: any }>} */
  transfer(amount, to) {
    return this.#post(`${this.#bank.transfers}/transfers`, { amount, to });
  }

  /** Answers a demand for a passkey. With `wrongKey` somebody answers who does not hold it. */
  async stepUp(demand, { wrongKey = false } = {}) {
    const answer = this.#authenticator.authenticate(demand.body.options, { wrongKey });
    const result = await this.#post(`${this.#bank.auth}/step-up/verify`, { ticket: demand.body.ticket, answer });
    if (result.status === 200) this.#token = result.body.token;
    return result;
  }

  async #post(url, body) {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` }),
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
