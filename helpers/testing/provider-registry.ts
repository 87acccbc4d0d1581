import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { strToU8, type Zippable, zipSync } from 'fflate';
import { createMessage, generateKey, type PrivateKey, sign } from 'openpgp';
import { thisPlatform } from '../terraform/registry/provider-address.ts';

const { os, arch } = thisPlatform();

/** The one provider of the registry, and the addresses at which it is served. */
export const wanted = 'acme/dice@1.2.0';
export const paths = {
  discovery: '/.well-known/terraform.json',
  versions: '/providers/acme/dice/versions',
  info: `/providers/acme/dice/1.2.0/download/${os}/${arch}`,
  zip: '/files/dice.zip',
  sums: '/files/SHA256SUMS',
  signature: '/files/SHA256SUMS.sig',
} as const;

/** What a path answers: JSON, bytes, a status without a body, or what a function does. */
export type TestAnswer = object | Uint8Array | number | RequestListener;
export type TestAnswers = Partial<Record<string, TestAnswer>>;

/** What the registry answers at each of them. */
export type Offer = Record<keyof typeof paths, TestAnswer>;

/** A provider that prints where it is and exits with 3. */
export const binary = 'terraform-provider-dice_v1.2.0_x5';
const program: Zippable = {
  [binary]: strToU8('#!/bin/sh\necho "dice at $0"\nexit 3\n'),
  'LICENSE.txt': strToU8('MIT'),
};

export async function newKey(): Promise<PrivateKey> {
  const { privateKey } = await generateKey({
    type: 'ecc',
    curve: 'ed25519Legacy',
    userIDs: [{ name: 'acme' }],
    format: 'object',
  });
  return privateKey;
}

export async function signatureOf(content: Uint8Array, key: PrivateKey, date?: Date): Promise<Uint8Array> {
  const message = await createMessage({ binary: content });
  return (await sign({
    message,
    signingKeys: key,
    detached: true,
    format: 'binary',
    ...(date && { date }),
  })) as Uint8Array;
}

const usual = newKey();

/** The zip as a registry offers it, with a signed checksum. */
export async function offer(zip: Uint8Array = zipSync(program)): Promise<Offer> {
  const key = await usual;
  const filename = 'dice.zip';
  const shasum = createHash('sha256').update(zip).digest('hex');
  const sums = strToU8(`${'0'.repeat(64)}  other.zip\n${shasum}  ${filename}\n`);
  return {
    discovery: { 'providers.v1': '/providers' },
    versions: {
      versions: [
        { version: '1.2.0', protocols: ['5.0'], platforms: [{ os, arch }] },
        { version: '1.10.0', protocols: ['5.0'], platforms: [{ os: 'plan9', arch: 'mips' }] },
        { version: '0.9.0', protocols: ['4.0'], platforms: [{ os, arch }] },
      ],
    },
    info: {
      filename,
      shasum,
      download_url: paths.zip,
      shasums_url: paths.sums,
      shasums_signature_url: paths.signature,
      signing_keys: { gpg_public_keys: [{ ascii_armor: key.toPublic().armor() }] },
    },
    zip,
    sums,
    signature: await signatureOf(sums, key),
  };
}

/** With another description of the download. */
export const withInfo = (offered: Offer, change: object): Offer => ({
  ...offered,
  info: { ...(offered.info as object), ...change },
});

/** A provider registry on this machine. It notes the path of each request. */
export class TestRegistry implements AsyncDisposable {
  readonly requests: string[] = [];
  readonly #server: Server;

  private constructor(answers: TestAnswers) {
    this.#server = createServer((request, response) => {
      const { pathname } = new URL(request.url!, 'http://registry');
      this.requests.push(pathname);
      const answer = answers[pathname] ?? 404;
      if (typeof answer === 'function') answer(request, response);
      else if (typeof answer === 'number') response.writeHead(answer).end();
      else if (answer instanceof Uint8Array) response.end(answer);
      else response.end(JSON.stringify(answer));
    }).listen(0, '127.0.0.1');
  }

  /** @param changes answers of other paths, and those that replace the ones of `offered`. */
  static async open(offered: Partial<Offer>, changes: TestAnswers = {}) {
    const answers = Object.entries(offered).map(([name, answer]) => [paths[name as keyof typeof paths], answer]);
    const registry = new TestRegistry({ ...Object.fromEntries(answers), ...changes });
    await once(registry.#server, 'listening');
    return registry;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** How often the zip was asked for. */
  get downloads(): number {
    return this.requests.filter((path) => path === paths.zip).length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.closeAllConnections();
    await new Promise((resolve) => void this.#server.close(resolve));
  }
}
