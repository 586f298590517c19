// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { KeyObject, webcrypto } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
// The library below wants it before anything else of it.
import 'reflect-metadata';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  SubjectAlternativeNameExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 86_400_000;

/** Files of PEM: an authority, and what it vouches for. */
export interface Certificates {
  readonly ca: string;
  readonly server: string;
  readonly serverKey: string;
  readonly client: string;
  readonly clientKey: string;
}

/** Makes an authority of its own with a server for 127.0.0.1 and a client: keys that exist for one test run. */
export async function makeCertificates(directory: string): Promise<Certificates> {
  const write = (name: string, text: string): string => {
    const path = join(directory, name);
    writeFileSync(path, text);
    return path;
  };
  const authority = await newKeys();
  const ca = await certificate('Stepseal test authority', authority, authority, [
    new BasicConstraintsExtension(true, undefined, true),
  ]);
  const leaf = async (name: string, extensions: Extension[]): Promise<[string, string]> => {
    const keys = await newKeys();
    const signed = await certificate(name, keys, authority, extensions);
    return [write(`${name}.pem`, signed.toString('pem')), write(`${name}-key.pem`, privateKeyPem(keys))];
  };
  const [server, serverKey] = await leaf('server', [
    new SubjectAlternativeNameExtension([
      { type: 'ip', value: '127.0.0.1' },
      { type: 'dns', value: 'collector.test' },
    ]),
    new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
  ]);
  const [client, clientKey] = await leaf('client', [new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth])]);
  return { ca: write('ca.pem', ca.toString('pem')), server, serverKey, client, clientKey };
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']) as Promise<webcrypto.CryptoKeyPair>;
}

function certificate(
  name: string,
  subject: webcrypto.CryptoKeyPair,
  issuer: webcrypto.CryptoKeyPair,
  extensions: Extension[],
): Promise<X509Certificate> {
  const now = Date.now();
  return X509CertificateGenerator.create({
    subject: `CN=${name}`,
    issuer: 'CN=Stepseal test authority',
    notBefore: new Date(now - DAY_MS),
    notAfter: new Date(now + DAY_MS),
    publicKey: subject.publicKey,
    signingKey: issuer.privateKey,
    signingAlgorithm: ALGORITHM,
    extensions,
  });
}

function privateKeyPem({ privateKey }: webcrypto.CryptoKeyPair): string {
  return KeyObject.from(privateKey).export({ type: 'pkcs8', format: 'pem' }).toString();
}
