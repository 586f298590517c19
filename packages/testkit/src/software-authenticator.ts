// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { createHash, createSign, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { byteString, cborMap, text } from './cbor.ts';

/** Authenticator data flags, WebAuthn Level 3 section 6.1. */
const FLAG = { userPresent: 0x01, userVerified: 0x04, backupEligible: 0x08, backedUp: 0x10, credentialData: 0x40 };

export interface SoftwareAuthenticatorOptions {
  /** The web origin that the pretended browser is on, for example `http://localhost:3000`. */
  origin: string;
  /** Whether the user is verified (PIN or biometric). Default true. */
  userVerified?: boolean;
  /** Whether the passkey is synced over devices. Default false (bound to one device). */
  synced?: boolean;
}

export interface AnswerOptions {
  /** Signs with another key than the registered one: what a thief without the authenticator can do. */
  wrongKey?: boolean;
  /** Claims another origin: what a phishing site sees. */
  origin?: string;
  userVerified?: boolean;
}

export interface RegistrationRequest {
  challenge: string;
  rp: { id?: string };
}

export interface AuthenticationRequest {
  challenge: string;
  rpId?: string;
}

export interface RegistrationAnswer {
  id: string;
  rawId: string;
  type: 'public-key';
  response: { clientDataJSON: string; attestationObject: string; transports: ['internal'] };
  clientExtensionResults: Record<string, never>;
}

export interface AuthenticationAnswer {
  id: string;
  rawId: string;
  type: 'public-key';
  response: { clientDataJSON: string; authenticatorData: string; signature: string; userHandle?: string };
  clientExtensionResults: Record<string, never>;
}

/**
 * A WebAuthn authenticator and its browser in one object: one ES256 credential, `none` attestation,
 * a signature counter that rises. Everything it answers is real; only the hardware is missing.
 */
export class SoftwareAuthenticator {
  readonly credentialId: string = randomBytes(32).toString('base64url');
  readonly #origin: string;
  readonly #flags: number;
  readonly #userVerified: boolean;
  readonly #privateKey: KeyObject;
  readonly #publicKey: KeyObject;
  #counter = 0;

  constructor(options: SoftwareAuthenticatorOptions) {
    const pair = newKeyPair();
    this.#origin = options.origin;
    this.#userVerified = options.userVerified ?? true;
    this.#flags = FLAG.userPresent | (options.synced === true ? FLAG.backupEligible | FLAG.backedUp : 0);
    this.#privateKey = pair.privateKey;
    this.#publicKey = pair.publicKey;
  }

  /** Answers `navigator.credentials.create()`. */
  register(request: RegistrationRequest): RegistrationAnswer {
    const credentialId = Buffer.from(this.credentialId, 'base64url');
    const idLength = Buffer.alloc(2);
    idLength.writeUInt16BE(credentialId.length);
    const authenticatorData = Buffer.concat([
      this.#header(request.rp.id ?? new URL(this.#origin).hostname, FLAG.credentialData, this.#userVerified),
      Buffer.alloc(16),
      idLength,
      credentialId,
      coseKey(this.#publicKey),
    ]);
    const attestationObject = cborMap([
      [text('fmt'), text('none')],
      [text('attStmt'), cborMap([])],
      [text('authData'), byteString(authenticatorData)],
    ]);
    return {
      id: this.credentialId,
      rawId: this.credentialId,
      type: 'public-key',
      response: {
        clientDataJSON: clientData('webauthn.create', request.challenge, this.#origin).toString('base64url'),
        attestationObject: attestationObject.toString('base64url'),
        transports: ['internal'],
      },
      clientExtensionResults: {},
    };
  }

  /** Answers `navigator.credentials.get()`. */
  authenticate(request: AuthenticationRequest, answer: AnswerOptions = {}): AuthenticationAnswer {
    this.#counter += 1;
    const clientDataJson = clientData('webauthn.get', request.challenge, answer.origin ?? this.#origin);
    const rpId = request.rpId ?? new URL(this.#origin).hostname;
    const authenticatorData = this.#header(rpId, 0, answer.userVerified ?? this.#userVerified);
    const signature = createSign('sha256')
      .update(authenticatorData)
      .update(createHash('sha256').update(clientDataJson).digest())
      .sign(answer.wrongKey === true ? newKeyPair().privateKey : this.#privateKey);
    return {
      id: this.credentialId,
      rawId: this.credentialId,
      type: 'public-key',
      response: {
        clientDataJSON: clientDataJson.toString('base64url'),
        authenticatorData: authenticatorData.toString('base64url'),
        signature: signature.toString('base64url'),
      },
      clientExtensionResults: {},
    };
  }

  #header(rpId: string, extraFlags: number, userVerified: boolean): Buffer {
    const header = Buffer.alloc(37);
    createHash('sha256').update(rpId).digest().copy(header);
    header[32] = this.#flags | extraFlags | (userVerified ? FLAG.userVerified : 0);
    header.writeUInt32BE(this.#counter, 33);
    return header;
  }
}

function newKeyPair(): { publicKey: KeyObject; privateKey: KeyObject } {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

function clientData(type: string, challenge: string, origin: string): Buffer {
  return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
}

/** COSE_Key of an ES256 public key, RFC 9053 section 7.1.1. */
function coseKey(publicKey: KeyObject): Buffer {
  const { x, y } = publicKey.export({ format: 'jwk' });
  return cborMap([
    [1, 2],
    [3, -7],
    [-1, 1],
    [-2, byteString(Buffer.from(x ?? '', 'base64url'))],
    [-3, byteString(Buffer.from(y ?? '', 'base64url'))],
  ]);
}
