import { createHash } from 'node:crypto';
import { z } from 'zod';
import { messageOf } from '../../lib/environment.ts';
import { type Platform, type ProviderAddress, unusable } from './provider-address.ts';
import { type Answer, get, type Limits } from './requests.ts';
import type { RegistryParts } from './parts.ts';
import { unpack } from './unpack.ts';

const text = z.string();
const services = z.object({ 'providers.v1': text });
const platform = z.object({ os: text, arch: text });
const versions = z.object({
  versions: z.array(
    z.object({ version: text, protocols: z.array(text).nullish(), platforms: z.array(platform).nullish() }),
  ),
});
const packageInfo = z.object({
  filename: text,
  download_url: text,
  shasum: text,
  shasums_url: text,
  shasums_signature_url: text.nullish(),
  signing_keys: z.object({ gpg_public_keys: z.array(z.object({ ascii_armor: text })).nullish() }).nullish(),
});
type PackageInfo = z.infer<typeof packageInfo>;

/**
 * Fetches a version by the provider registry protocol, and unpacks it into `folder`.
 * @throws EnvironmentUnavailable when it does not exist, cannot be fetched, or is not what the registry has signed.
 */
export function download(
  address: ProviderAddress,
  build: Platform,
  folder: string,
  limits: Limits,
  parts: RegistryParts,
): Promise<void> {
  return new Download(address, build, limits, parts).into(folder);
}

const another = 'choose another version';

class Download {
  readonly #address: ProviderAddress;
  readonly #build: Platform;
  readonly #limits: Limits;
  readonly #parts: RegistryParts;

  constructor(address: ProviderAddress, build: Platform, limits: Limits, parts: RegistryParts) {
    this.#address = address;
    this.#build = build;
    this.#limits = limits;
    this.#parts = parts;
  }

  async into(folder: string): Promise<void> {
    const { version } = this.#address;
    const { os, arch } = this.#build;
    const provider = await this.#provider();
    await this.#checkVersion(new URL('versions', provider));
    const answer = await this.#ask(new URL(`${version}/download/${os}/${arch}`, provider));
    if (answer.status === 404) throw this.#refusal(`is not built for ${os}_${arch}`, another);
    const found = this.#read(answer, packageInfo);
    const shasum = await this.#signedChecksum(found, answer.url);
    const zip = await this.#file(found.download_url, answer.url);
    const actual = createHash('sha256').update(zip).digest('hex');
    if (!this.#parts.trust.isSame(actual, shasum))
      throw this.#refusal(`is not what was signed (its SHA-256 is ${actual}, not ${shasum})`, 'try again');
    unpack(zip, folder, this.#address, this.#parts);
  }

  /** Where the registry answers for this provider: its services are discovered at its host. */
  async #provider(): Promise<URL> {
    const { registry, namespace, type } = this.#address;
    const answer = await this.#ask(new URL('/.well-known/terraform.json', registry));
    if (answer.status === 404)
      throw this.#refusal('is not to be had, since that host is no provider registry', 'name another registry');
    const providers = new URL(this.#read(answer, services)['providers.v1'], answer.url);
    return new URL(`${namespace}/${type}/`, providers.href.replace(/\/*$/, '/'));
  }

  /** Refuses a version that the registry does not have, that is not built for this system, or is too old. */
  async #checkVersion(url: URL): Promise<void> {
    const answer = await this.#ask(url);
    const { namespace, type, version } = this.#address;
    if (answer.status === 404)
      throw this.#refusal(`does not exist, since that registry has no ${namespace}/${type}`, 'correct the name');
    const offered = this.#read(answer, versions).versions;
    const found = offered.find((one) => one.version === version);
    if (found === undefined) throw this.#refusal(`does not exist`, `choose ${listed(offered)}`);
    const { os, arch } = this.#build;
    const builds = found.platforms ?? [];
    if (!builds.some((one) => one.os === os && one.arch === arch)) {
      const others = builds.map((one) => `${one.os}_${one.arch}`).join(', ') || 'nothing';
      throw this.#refusal(`is not built for ${os}_${arch}, but for ${others}`, another);
    }
    if (found.protocols && !found.protocols.some((protocol) => /^[56]\b/.test(protocol)))
      throw this.#refusal(`speaks the plugin protocol ${found.protocols.join(', ')}, and not 5 or 6`, another);
  }

  /** The zip's SHA-256, from the list of checksums that the registry's key has signed. */
  async #signedChecksum(found: PackageInfo, base: string): Promise<string> {
    const keys = (found.signing_keys?.gpg_public_keys ?? []).map(({ ascii_armor }) => ascii_armor);
    if (!found.shasums_signature_url || keys.length === 0) throw this.#refusal('is not signed', another);
    const sums = await this.#file(found.shasums_url, base);
    const signature = await this.#file(found.shasums_signature_url, base);
    const reason = await this.#parts.trust.whyUnverified(sums, signature, keys);
    if (reason !== undefined) throw this.#refusal(`cannot be trusted, because ${reason}`, another);
    const signed = sums
      .toString()
      .split('\n')
      .map((line) => line.trim().split(/\s+\*?/))
      .find(([, name]) => name === found.filename)?.[0];
    if (signed === undefined) throw this.#refusal(`has no signed checksum of ${found.filename}`, another);
    if (signed !== found.shasum)
      throw this.#refusal(`has two checksums, ${found.shasum} and the signed ${signed}`, another);
    return signed;
  }

  async #file(address: string, base: string): Promise<Buffer> {
    if (!URL.canParse(address, base)) throw this.#refusal(`has the wrong address ${address}`, another);
    const url = new URL(address, base);
    const { status, body } = await this.#ask(url);
    if (status !== 200) throw this.#wrongAnswer(url.href, status);
    return body;
  }

  async #ask(url: URL): Promise<Answer> {
    try {
      return await get(url, this.#limits);
    } catch (error) {
      throw this.#refusal(
        `cannot be fetched (${url.href}: ${messageOf(error)})`,
        'connect this machine to that registry',
      );
    }
  }

  #read<Shape extends z.ZodType>({ status, url, body }: Answer, shape: Shape): z.infer<Shape> {
    if (status !== 200) throw this.#wrongAnswer(url, status);
    try {
      return shape.parse(JSON.parse(body.toString()));
    } catch {
      throw this.#wrongAnswer(url, 'what no provider registry does');
    }
  }

  #wrongAnswer(url: string, what: number | string): Error {
    return this.#refusal(`cannot be fetched (${url} answers ${what})`, 'ask those who run that registry');
  }

  #refusal(why: string, mend: string): Error {
    return unusable(this.#address, why, mend);
  }
}

const most = 20;

/** The newest versions. */
function listed(offered: readonly { readonly version: string }[]): string {
  const byAge = new Intl.Collator('en', { numeric: true });
  const all = offered.map(({ version }) => version).toSorted((one, other) => byAge.compare(other, one));
  const older = all.length > most ? ` or one of ${all.length - most} older ones` : '';
  return all.length === 0 ? 'another provider, since this one has no version' : all.slice(0, most).join(', ') + older;
}
