import { EnvironmentUnavailable, messageOf } from '../../lib/environment.ts';
import { type ContainerOwnership, containerOwnership, labelsOf, type RunFolder, runLabel, sweeping } from '../index.ts';
import type { GenericContainer, StartedTestContainer } from 'testcontainers';

/** Loaded only on demand, because Testcontainers costs a quarter of a second in the runner and in every worker. */
export function testcontainers() {
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
}: ContainerOptions): Promise<StartedTestContainer> {
  await sweepContainers();
  const containers = await testcontainers();
  return configure(new containers.GenericContainer(image).withLabels(labelsOf(folder)).withStartupTimeout(60_000))
    .start()
    .catch(async (error: unknown) => {
      throw new EnvironmentUnavailable(
        `${product}'s container ${image} did not start (${complaintOf(error)}): ${await mend(image, variable)}.`,
      );
    });
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
  if (!(await engine.image.exists(name))) {
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
  const {
    container: { dockerode: engine },
  } = await findEngine();
  await sweeping.all(await labelled(engine), async ({ Id, Labels }) => {
    if (await isLeftOver(Labels)) await engine.getContainer(Id).remove({ force: true, v: true });
  });
}

/**
 * Lists the containers of all runs, dead or alive, running or stopped.
 * @throws EnvironmentUnavailable when there is no Docker engine.
 */
export async function containersOfRuns(): Promise<string[]> {
  const {
    container: { dockerode: engine },
  } = await findEngine();
  return (await labelled(engine)).map(({ Names, Labels }) => `${Names[0]} of ${Labels[runLabel]}`);
}

function labelled(engine: Engine) {
  return engine.listContainers({ all: true, filters: { label: [runLabel] } });
}

/**
 * Testcontainers' choice of engine, which falls back to the default socket; not here when DOCKER_HOST does not answer.
 */
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

/** The error as one sentence when the engine itself has gone; undefined when the engine has answered. */
export function engineLost(error: unknown): EnvironmentUnavailable | undefined {
  if ((error as { statusCode?: number }).statusCode !== undefined) return undefined;
  return new EnvironmentUnavailable(
    `The Docker engine does not answer any more (${messageOf(error)}): see whether it still runs, and start the tests again.`,
  );
}

/** Stops and removes a container. @throws EnvironmentUnavailable when the engine has gone. */
export async function stopContainer(container: StartedTestContainer): Promise<void> {
  await container.stop().catch((error: unknown) => {
    throw engineLost(error) ?? error;
  });
}

/** The engine's message without its prefix, such as `(HTTP code 404) no such container - `. */
function complaintOf(error: unknown): string {
  return messageOf(error)
    .replace(/^\(HTTP code \d+\) [^-]*- /, '')
    .trim()
    .replace(/\.$/, '');
}
