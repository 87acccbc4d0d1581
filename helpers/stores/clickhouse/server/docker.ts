import type { Configuration } from '../../../run/configuration/index.ts';
import { startContainer, testcontainers } from '../../../run/containers/index.ts';
import { Administrator, type ClickHouseConnection } from '../connection.ts';
import type { ClickHouseServer, StartOptions } from './clickhouse-server.ts';
import { createTestRoles, newAdministrator, newTestRoles } from './test-roles.ts';

/**
 * Starts ClickHouse in a container, with its data in memory. Works with any image that follows the official image's
 * contract (CLICKHOUSE_USER, CLICKHOUSE_PASSWORD, CLICKHOUSE_DEFAULT_ACCESS_MANAGEMENT).
 */
export async function startDocker(
  { clickhouse: { image } }: Configuration,
  { folder, workers, rolePolicy }: StartOptions,
): Promise<ClickHouseServer> {
  const { Wait } = await testcontainers();
  const admin = newAdministrator();
  const { container, lost, stop } = await startContainer({
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
      docker: true,
    };
    await using administrator = new Administrator(connection);
    await createTestRoles(administrator, connection.testRoles, rolePolicy);
    return { connection, lost, stop };
  } catch (error) {
    await stop().catch(() => undefined); // the first error is the one to report
    throw error;
  }
}
