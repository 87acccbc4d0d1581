import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { EnvironmentUnavailable } from '../../../lib/environment.ts';

/** The path of libchdb in npm's package. @throws EnvironmentUnavailable where npm has installed none. */
export function findLibrary(platform: string = process.platform, arch: string = process.arch): string {
  const name = `@chdb/lib-${platform}-${arch}${platform === 'linux' ? '-gnu' : ''}`;
  const instead = 'set TARGET=docker, or TARGET=remote with TEST_CLICKHOUSE_URL';
  try {
    const library = path.join(
      path.dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)),
      'libchdb.so',
    );
    if (existsSync(library)) return library;
  } catch {
    /* not installed */
  }
  throw new EnvironmentUnavailable(
    `ClickHouse's engine for ${platform}-${arch} is not installed: install the package ${name} where npm has it (npm ci does on Linux x64), or ${instead}.`,
  );
}
