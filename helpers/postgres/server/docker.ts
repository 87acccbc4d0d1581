import { randomBytes } from 'node:crypto';
import type { Configuration } from '../../configuration/index.ts';
import { EnvironmentUnavailable, messageOf } from '../../environment.ts';
import { isRunning, RunFolder } from '../../run/index.ts';
import { connect, connectionOptions, literal, type ServerConnection } from '../connection.ts';
import { inspectServer } from './inspect.ts';
import type { PostgresServer, StartOptions } from './server.ts';
import { asArguments, disposableSettings } from './settings.ts';

const runLabel = 'proving-ground.run';
const tenantUser = 'proving_ground';

/**
 * PostgreSQL in a container, its data in memory. Any image that follows the contract of the official one
 * (POSTGRES_PASSWORD, PGDATA, `postgres -c …` as its command). Testcontainers' own reaper removes the container of a
 * killed run; where that is switched off, the next start does, by {@link sweepContainers}.
 */
export async function startDocker(configuration: Configuration, { folder, workers }: StartOptions): Promise<PostgresServer> {
  const { image, maxDatabases } = configuration.postgres;
  await sweepContainers();
  const { GenericContainer, Wait } = await testcontainers();
  const admin = { user: 'postgres', password: randomBytes(12).toString('hex') };
  const tenant = { user: tenantUser, password: randomBytes(12).toString('hex') };
  const container = await new GenericContainer(image)
    .withEnvironment({ POSTGRES_PASSWORD: admin.password, PGDATA: '/proving-ground' })
    .withTmpFs({ '/proving-ground': 'rw' })
    .withLabels({ [runLabel]: folder.path })
    .withCommand(['postgres', ...asArguments(disposableSettings(workers))])
    .withExposedPorts(5432)
    // Only the final server listens beyond its own socket: the images initialise on a temporary one first.
    .withWaitStrategy(Wait.forListeningPorts())
    .withStartupTimeout(60_000)
    .start()
    .catch(async (error: unknown) => {
      throw new EnvironmentUnavailable(`PostgreSQL's container ${image} did not start (${complaintOf(error)}): ${await mend(image)}.`);
    });
  try {
    const address = { host: container.getHost(), port: container.getMappedPort(5432) };
    const client = await connect(connectionOptions(address, admin, 'postgres'));
    try {
      await client.query(`CREATE ROLE ${tenantUser} LOGIN PASSWORD ${literal(tenant.password)}`);
      const connection: ServerConnection = { ...address, admin, tenant, maintenanceDatabase: 'postgres', owned: true, maxDatabases, ...(await inspectServer(client)) };
      return { connection, stop: async () => void (await container.stop()) };
    } finally {
      await client.end();
    }
  } catch (error) {
    await container.stop();
    throw error;
  }
}

/** With the image at hand, what fails is as a rule to get Testcontainers' reaper, which is an image of its own. */
async function mend(image: string): Promise<string> {
  const { ImageName } = await testcontainers();
  const present = await (await findEngine()).image.exists(ImageName.fromString(image));
  if (present && process.env['TESTCONTAINERS_RYUK_DISABLED'] !== 'true') return 'pull the image testcontainers/ryuk too, or set TESTCONTAINERS_RYUK_DISABLED=true';
  return present ? 'see what docker logs says of it' : 'pull or build that image, or name another by TEST_POSTGRES_IMAGE';
}

/**
 * Removes the containers of runs that are over.
 * @throws EnvironmentUnavailable when there is no Docker engine.
 */
export async function sweepContainers(): Promise<void> {
  const { container } = await findEngine();
  for (const { Id, Labels } of await container.list()) {
    const owner = Labels[runLabel];
    if (owner !== undefined && !(await isRunning(new RunFolder(owner)))) await container.remove(container.getById(Id), { removeVolumes: true });
  }
}

/** Testcontainers' choice, except that it would go on to the default socket where a DOCKER_HOST does not answer. */
async function findEngine() {
  const { getContainerRuntimeClient } = await testcontainers();
  const wanted = process.env['DOCKER_HOST'] ?? '';
  try {
    const client = await getContainerRuntimeClient();
    const { socketPath } = client.container.dockerode.modem as { socketPath?: string };
    if (wanted === '' || socketPath === undefined || wanted.endsWith(socketPath)) return client;
  } catch { /* none answers anywhere */ }
  throw new EnvironmentUnavailable(`TARGET=docker needs a Docker engine and none answers${wanted === '' ? '' : ` at DOCKER_HOST=${wanted}`}: start it, or unset TARGET to use the PostgreSQL from npm.`);
}

/** Loaded only by those who need it: it takes a quarter of a second, in the runner and again in every worker. */
function testcontainers() {
  return import('testcontainers');
}

/** What the engine said, without how it said it: `(HTTP code 404) no such container - `. */
function complaintOf(error: unknown): string {
  return messageOf(error).replace(/^\(HTTP code \d+\) [^-]*- /, '').trim().replace(/\.$/, '');
}
