import { UsageError } from '../../lib/usage.ts';
import { Link } from '../../run/network/index.ts';
import type { ServiceAddress, ServiceDeclaration } from '../options.ts';
import type { AppParts } from '../parts.ts';
import { environmentOf, type Surroundings, unknownService } from './service-environment.ts';
import { addressOf } from './readiness.ts';
import { Service } from './service.ts';

export { lastLines } from './last-lines.ts';
export { Service } from './service.ts';
export { unknownService } from './service-environment.ts';

export interface ServicesOptions {
  readonly declared: Readonly<Record<string, ServiceDeclaration>>;
  /** The folder that a service runs in. */
  readonly cwdOf: (name: string, service: ServiceDeclaration) => string;
  readonly surroundings: Omit<Surroundings, 'services'>;
  /** Records the leader of a service's process group. */
  readonly record: (name: string, pid: number) => void;
  readonly parts: AppParts;
}

/** How often a start is tried when its port was taken in the moment before. */
const attempts = 3;

/** The services of an app on this machine, each behind a port that stays and whose connections can be cut. */
export class Services implements AsyncDisposable {
  readonly #options: ServicesOptions;
  readonly #links = new Map<string, Link>();
  readonly #running = new Map<string, Service>();

  private constructor(options: ServicesOptions) {
    this.#options = options;
  }

  /** Starts one after the other. @throws UsageError in one sentence, with the last lines of the one that fails. */
  static async start(options: ServicesOptions): Promise<Services> {
    const services = new Services(options);
    try {
      for (const name of services.names) services.#links.set(name, await Link.open(() => services.service(name)));
      for (const name of services.names) await services.#start(name);
      return services;
    } catch (error) {
      await services[Symbol.asyncDispose]();
      throw error;
    }
  }

  get names(): string[] {
    return Object.keys(this.#options.declared);
  }

  /** @throws UsageError when it is not declared. */
  service(name: string): Service {
    return this.#running.get(name) ?? this.#unknown(name);
  }

  /** The connections to a service. @throws UsageError when it is not declared. */
  link(name: string): Link {
    return this.#links.get(name) ?? this.#unknown(name);
  }

  /** The address by which others reach a service. @throws UsageError when it is not declared. */
  url(name: string): string {
    return this.#addressOf(name).url;
  }

  /** The last lines of a service's output. */
  log(name: string): string {
    return this.service(name).log;
  }

  /** How services have ended that nothing here had ended. */
  get deaths(): string[] {
    return [...this.#running.values()].flatMap((service) => service.deaths);
  }

  /** Resolves when all are ready. @throws UsageError for one that was given up. */
  async ready(): Promise<void> {
    for (const service of this.#running.values()) await service.ready();
  }

  /** Resumes and starts everything, and mends all connections. */
  async restore(): Promise<void> {
    for (const link of this.#links.values()) link.mend();
    for (const service of this.#running.values()) service.thaw();
    await Promise.all([...this.#running.values()].map((service) => service.start()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const service of this.#running.values()) service.thaw();
    await Promise.all([...this.#running.values()].map((service) => service.stop()));
    await Promise.all([...this.#links.values()].map((link) => link[Symbol.asyncDispose]()));
  }

  async #start(name: string): Promise<void> {
    const { declared, cwdOf, surroundings, record, parts } = this.#options;
    const declaration = declared[name]!;
    const services = Object.fromEntries(this.names.map((other) => [other, this.#addressOf(other)]));
    for (let attempt = 1; ; attempt++) {
      const place = { port: await unusedPort(parts), cwd: cwdOf(name, declaration) };
      const environment = await environmentOf(name, declaration, place, { ...surroundings, services });
      const service = new Service(name, {
        ...declaration,
        ...place,
        environment,
        record: (pid) => record(name, pid),
        parts,
      });
      this.#running.set(name, service);
      try {
        return await service.start();
      } catch (error) {
        if (attempt === attempts || !service.foundPortTaken) throw error;
      }
    }
  }

  #addressOf(name: string): ServiceAddress {
    const { host, port } = this.link(name);
    return { url: addressOf(host, port), host, port };
  }

  #unknown(name: string): never {
    throw unknownService(name, this.names, 'The test asks for');
  }
}

/** A port at which nothing answers: otherwise another server would be taken for the service. */
async function unusedPort({ ports }: AppParts): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    const port = await ports.choose();
    if (attempt === attempts || !(await ports.isTaken(port))) return port;
  }
}

/** Services that run elsewhere, by their addresses. */
export class DeployedServices {
  readonly #urls: Readonly<Record<string, string>>;

  constructor(urls: Readonly<Record<string, string>>) {
    this.#urls = urls;
  }

  get names(): string[] {
    return Object.keys(this.#urls);
  }

  /** @throws UsageError when its address is not known. */
  url(name: string): string {
    const url = this.#urls[name];
    if (url !== undefined) return url;
    throw new UsageError(
      `The address of the service '${name}' is not known: name it in \`urls\` of appOptions, or in TEST_APP_URLS.`,
    );
  }

  /** What they print cannot be had. */
  log(): string {
    return '';
  }
}
