import type { Configuration } from '../../../run/configuration/index.ts';
import { startContainer, stopContainer, testcontainers } from '../../../run/containers/index.ts';
import { Administrator, type ClickHouseConnection } from '../connection.ts';
import type { ClickHouseServer, StartOptions } from './clickhouse-server.ts';
import { createTestRoles, newAdministrator, newTestRoles } from './test-roles.ts';

/**
 * ClickHouse in a container, its data in memory. Any image that follows the contract of the official one
 * (CLICKHOUSE_USER, CLICKHOUSE_PASSWORD, CLICKHOUSE_DEFAULT_ACCESS_MANAGEMENT).
 */
export async function startDocker(
  { clickhouse: { image } }: Configuration,
  { folder, workers, tenancy }: StartOptions,
): Promise<ClickHouseServer> {
  const { Wait } = await testcontainers();
  const admin = newAdministrator();
  const container = await startContainer({
    product: 'ClickHouse',
    image,
    variable: 'TEST_CLICKHOUSE_IMAGE',
    folder,
    configure: (one) =>
      one
        .withEnvironment({
          CLICKHOUSE_USER: admin.user,
          CLICKHOUSE_PASSWORD: admin.password,
          CLICKHOUSE_DEFAULT_ACCESS_MANAGEMENT: '1',
          TZ: 'UTC',
        })
        .withTmpFs({ '/var/lib/clickhouse': 'rw' })
        .withExposedPorts(8123)
        .withWaitStrategy(Wait.forHttp('/ping', 8123)),
  });
  try {
    const connection: ClickHouseConnection = {
      url: `http://${container.getHost()}:${container.getMappedPort(8123)}`,
      admin,
      testRoles: newTestRoles(folder.id, workers),
      owned: true,
    };
    await using administrator = new Administrator(connection);
    await createTestRoles(administrator, connection.testRoles, tenancy);
    return { connection, stop: () => stopContainer(container) };
  } catch (error) {
    await stopContainer(container).catch(() => undefined); // the first error says it
    throw error;
  }
}
