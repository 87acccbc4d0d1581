import { EnvironmentUnavailable, messageOf } from '../../lib/environment.ts';
import { type ContainerOwnership, containerOwnership, labelsOf, type RunFolder, runLabel, sweeping } from '../index.ts';
import type { GenericContainer, StartedTestContainer } from 'testcontainers';

/**
 * Testcontainers, loaded only by those who need it: it takes a quarter of a second, in the runner and in every worker.
 */
export function testcontainers() {
  return import('testcontainers');
}

export interface ContainerOptions {
  /** What it is, for people: `PostgreSQL`. */
  readonly product: string;
  readonly image: string;
  /** The variable that names another image. */
  readonly variable: string;
  /** The run that it belongs to. */
  readonly folder: RunFolder;
  readonly configure: (container: GenericContainer) => GenericContainer;
}

/**
 * Starts a container that ends with its run. Testcontainers' own reaper removes the container of a killed run; where
 * that is switched off, the next start does, by {@link sweepContainers}.
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

/** With the image at hand, what fails is as a rule to get Testcontainers' reaper, which is an image of its own. */
async function mend(image: string, variable: string): Promise<string> {
  const { ImageName } = await testcontainers();
  const present = await (await findEngine()).image.exists(ImageName.fromString(image));
  if (present && process.env['TESTCONTAINERS_RYUK_DISABLED'] !== 'true')
    return 'pull the image testcontainers/ryuk too, or set TESTCONTAINERS_RYUK_DISABLED=true';
  return present ? 'see what docker logs says of it' : `pull or build that image, or name another by ${variable}`;
}

/** The Docker engine, by its own API. */
export type Engine = Awaited<ReturnType<typeof findEngine>>['container']['dockerode'];

/**
 * The Docker engine, with an image at hand that it pulls where it is not there.
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
 * Removes the containers that dead runs of this user have left on this host, stopped ones too; others are left to
 * Testcontainers' reaper, or to whoever has started them.
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
 * The containers of runs, living and gone, stopped ones too.
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

/** Testcontainers' choice, except that it would go on to the default socket where a DOCKER_HOST does not answer. */
async function findEngine() {
  const { getContainerRuntimeClient } = await testcontainers();
  const wanted = process.env['DOCKER_HOST'] ?? '';
  try {
    const client = await getContainerRuntimeClient();
    const { socketPath } = client.container.dockerode.modem as { socketPath?: string };
    if (wanted === '' || socketPath === undefined || wanted.endsWith(socketPath)) return client;
  } catch {
    /* none answers anywhere */
  }
  throw new EnvironmentUnavailable(
    `TARGET=docker needs a Docker engine and none answers${wanted === '' ? '' : ` at DOCKER_HOST=${wanted}`}: start it, or unset TARGET to use the servers from npm.`,
  );
}

/** The error as one sentence when it is no answer of the engine, which has gone; undefined when it is one. */
export function engineLost(error: unknown): EnvironmentUnavailable | undefined {
  if ((error as { statusCode?: number }).statusCode !== undefined) return undefined;
  return new EnvironmentUnavailable(
    `The Docker engine does not answer any more (${messageOf(error)}): see whether it still runs, and start the tests again.`,
  );
}

/**
 * Stops and removes a container.
 * @throws EnvironmentUnavailable when the engine has gone.
 */
export async function stopContainer(container: StartedTestContainer): Promise<void> {
  await container.stop().catch((error: unknown) => {
    throw engineLost(error) ?? error;
  });
}

/** What the engine said, without how it said it: `(HTTP code 404) no such container - `. */
function complaintOf(error: unknown): string {
  return messageOf(error)
    .replace(/^\(HTTP code \d+\) [^-]*- /, '')
    .trim()
    .replace(/\.$/, '');
}
