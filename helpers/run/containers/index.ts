import { type EnvironmentLost, EnvironmentUnavailable, messageOf } from '../../lib/environment.ts';
import {
  type ContainerOwnership,
  containerOwnership,
  containerWatch,
  labelsOf,
  type RunFolder,
  runLabel,
  throwLost,
  sweeping,
  type Watched,
} from '../index.ts';
import { needPackages } from '../../lib/packages.ts';
import type { Readable } from 'node:stream';
import type { GenericContainer, StartedTestContainer } from 'testcontainers';

/** Loaded only on demand, because Testcontainers costs a quarter of a second in the runner and in every worker. */
export function testcontainers() {
  needPackages('Docker targets');
  return import('testcontainers');
}

export interface ContainerOptions {
  /** Its name in messages, such as `PostgreSQL`. */
  readonly product: string;
  readonly image: string;
  /** The environment variable that names another image. */
  readonly variable: string;
  /** The run that the container belongs to. */
  readonly folder: RunFolder;
  readonly configure: (container: GenericContainer) => GenericContainer;
}

/** The container of a service. */
export interface ServiceContainer {
  readonly container: StartedTestContainer;
  /** Resolves with the reason when it has gone before it was stopped. */
  readonly lost: Promise<EnvironmentLost>;
  /** Stops and removes it. @throws EnvironmentLost when the engine has gone. */
  stop(): Promise<void>;
}

/**
 * Starts a container that ends with its run. After a killed run Testcontainers' own reaper removes it, or where that is
 * switched off the next start, by {@link sweepContainers}.
 * @throws EnvironmentUnavailable when there is no Docker engine, or the container does not start.
 */
export async function startContainer({
  product,
  image,
  variable,
  folder,
  configure,
}: ContainerOptions): Promise<ServiceContainer> {
  await sweepContainers();
  const containers = await testcontainers();
  const container = await configure(
    new containers.GenericContainer(image).withLabels(labelsOf(folder)).withStartupTimeout(60_000),
  )
    .start()
    .catch(async (error: unknown) => {
      throw new EnvironmentUnavailable(
        `${product}'s container ${image} did not start (${complaintOf(error)}): ${await mend(image, variable).catch(throwLost)}.`,
      );
    });
  const stopped = new AbortController();
  const { dockerode: engine } = (await findEngine()).container;
  return {
    container,
    lost: containerWatch.lossOf(product, watched(engine, container.getId()), stopped.signal),
    async stop() {
      stopped.abort();
      await container.stop().catch(throwLost);
    },
  };
}

/** Not by `wait`, which never settles where an engine is killed after it has begun to answer. */
function watched(engine: Engine, id: string): Watched {
  return {
    events: async () => (await engine.getEvents({ filters: { container: [id], event: ['die'] } })) as Readable,
    inspect: () => engine.getContainer(id).inspect(),
  };
}

/** When the image is present, the usual failure is pulling Testcontainers' reaper, an image of its own. */
async function mend(image: string, variable: string): Promise<string> {
  const { ImageName } = await testcontainers();
  const present = await (await findEngine()).image.exists(ImageName.fromString(image));
  if (present && process.env['TESTCONTAINERS_RYUK_DISABLED'] !== 'true')
    return 'pull the image testcontainers/ryuk too, or set TESTCONTAINERS_RYUK_DISABLED=true';
  return present ? 'see what docker logs says of it' : `pull or build that image, or name another by ${variable}`;
}

export type Engine = Awaited<ReturnType<typeof findEngine>>['container']['dockerode'];

/**
 * Connects to the Docker engine, and pulls the image unless it is present.
 * @throws EnvironmentUnavailable when there is no engine, or the image cannot be pulled.
 */
export async function engineWith({ image, variable }: Pick<ContainerOptions, 'image' | 'variable'>): Promise<Engine> {
  const [{ ImageName }, engine] = await Promise.all([testcontainers(), findEngine()]);
  const name = ImageName.fromString(image);
  if (!(await engine.image.exists(name).catch(throwLost))) {
    await engine.image.pull(name).catch((error: unknown) => {
      throw new EnvironmentUnavailable(
        `The image ${image} cannot be pulled (${complaintOf(error)}): build it, or name another by ${variable}.`,
      );
    });
  }
  return engine.container.dockerode;
}

/**
 * Removes the containers that dead runs of this user have left on this host, running or stopped. Others are left to
 * Testcontainers' reaper, or to whatever started them.
 * @throws EnvironmentUnavailable when there is no Docker engine.
 */
export async function sweepContainers({ isLeftOver }: ContainerOwnership = containerOwnership): Promise<void> {
  const engine = (await findEngine()).container.dockerode;
  await sweeping.all(await labelled(engine), async ({ Id, Labels }) => {
    if (await isLeftOver(Labels)) await engine.getContainer(Id).remove({ force: true, v: true });
  });
}

/** Lists the containers of all runs, dead or alive. @throws EnvironmentUnavailable when there is no Docker engine. */
export async function containersOfRuns(): Promise<string[]> {
  const engine = (await findEngine()).container.dockerode;
  return (await labelled(engine)).map(({ Names, Labels }) => `${Names[0]} of ${Labels[runLabel]}`);
}

function labelled(engine: Engine) {
  return engine.listContainers({ all: true, filters: { label: [runLabel] } }).catch(throwLost);
}

/** Testcontainers' choice of engine, without its fallback when DOCKER_HOST does not answer. */
async function findEngine() {
  const { getContainerRuntimeClient } = await testcontainers();
  const wanted = process.env['DOCKER_HOST'] ?? '';
  try {
    const client = await getContainerRuntimeClient();
    const { socketPath } = client.container.dockerode.modem as { socketPath?: string };
    if (wanted === '' || socketPath === undefined || wanted.endsWith(socketPath)) return client;
  } catch {
    /* no engine answers */
  }
  throw new EnvironmentUnavailable(
    `TARGET=docker needs a Docker engine and none answers${wanted === '' ? '' : ` at DOCKER_HOST=${wanted}`}: start it, or unset TARGET to use the servers from npm.`,
  );
}

/** The engine's message without its prefix, such as `(HTTP code 404) no such container - `. */
function complaintOf(error: unknown): string {
  return messageOf(error)
    .replace(/^\(HTTP code \d+\) [^-]*- /, '')
    .trim()
    .replace(/\.$/, '');
}
