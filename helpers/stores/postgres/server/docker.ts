import { randomBytes } from 'node:crypto';
import type { Configuration } from '../../../run/configuration/index.ts';
import { startContainer, testcontainers } from '../../../run/containers/index.ts';
import { connect, connectionOptions, literal, type ServerConnection } from '../connection.ts';
import { inspectServer } from './inspect.ts';
import type { PostgresServer, StartOptions } from './postgres-server.ts';
import { asArguments, disposableSettings } from './settings.ts';

const testRoleName = 'proving_ground';

/** Sorts as the local server does, by code point, in every version. */
const initdbArguments = '--encoding=UTF8 --locale=C.UTF-8';

/**
 * Starts PostgreSQL in a container, with its data in memory. Works with any image that follows the official image's
 * contract (POSTGRES_PASSWORD, PGDATA, `postgres -c …` as its command).
 */
export async function startDocker(
  configuration: Configuration,
  { folder, workers }: StartOptions,
): Promise<PostgresServer> {
  const { image, maxDatabases, settings, locale } = configuration.postgres;
  const { Wait } = await testcontainers();
  const admin = { user: 'postgres', password: randomBytes(12).toString('hex') };
  const testRole = { user: testRoleName, password: randomBytes(12).toString('hex') };
  const { container, lost, stop } = await startContainer({
    product: 'PostgreSQL',
    image,
    variable: 'TEST_POSTGRES_IMAGE',
    folder,
    configure: (one) =>
      one
        .withEnvironment({
          POSTGRES_PASSWORD: admin.password,
          PGDATA: '/proving-ground',
          POSTGRES_INITDB_ARGS: initdbArguments,
        })
        .withTmpFs({ '/proving-ground': 'rw' })
        .withCommand(['postgres', ...asArguments(disposableSettings(workers, settings))])
        .withExposedPorts(5432)
        // Images initialise on a temporary server first, but only the final one listens on a port.
        .withWaitStrategy(Wait.forListeningPorts()),
  });
  try {
    const address = { host: container.getHost(), port: container.getMappedPort(5432) };
    const client = await connect(connectionOptions(address, admin, 'postgres'));
    try {
      await client.query(`CREATE ROLE ${testRoleName} LOGIN PASSWORD ${literal(testRole.password)}`);
      const connection: ServerConnection = {
        ...address,
        admin,
        testRole,
        maintenanceDatabase: 'postgres',
        owned: true,
        docker: true,
        maxDatabases,
        ...(locale === undefined ? {} : { locale }),
        ...(await inspectServer(client)),
      };
      return { connection, lost, stop };
    } finally {
      await client.end();
    }
  } catch (error) {
    await stop().catch(() => undefined); // the first error is the one to report
    throw error;
  }
}
