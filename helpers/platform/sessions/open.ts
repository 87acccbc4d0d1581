import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type LocalCloud, startCloud } from '../../cloud/index.ts';
import type { PostgresDatabase, PostgresWorker } from '../../postgres/index.ts';
import type { RunFolder } from '../../run/index.ts';
import { Supervisor } from '../supervisor.ts';
import { sessionPlans, workspaceEntry } from '../processes.ts';
import { defaultSessionLimits, defaultSessionTimes, type SessionConfiguration } from './configuration.ts';
import { cluster, containerPort, deploy, service } from './deployment.ts';

export interface OpenSessionOptions {
  readonly folder: RunFolder;
  /** Part of the names of its processes. */
  readonly worker: number;
  /** Where its state is to be. */
  readonly postgres: PostgresWorker;
  /** The folder of the bundled processes. */
  readonly code: string;
  /** The SMTP server that takes its replies. */
  readonly relay: SessionConfiguration['mail']['relay'];
  readonly fault: string | undefined;
}

/** A session platform on this machine, with a database and a cloud of its own. */
export interface OpenSessionPlatform extends AsyncDisposable {
  /** Of its router. */
  readonly url: string;
  /** Where it takes mail. */
  readonly smtp: { readonly host: string; readonly port: number };
  readonly domain: string;
  readonly secret: string;
  readonly cloud: LocalCloud;
  readonly cluster: string;
  readonly service: string;
  readonly postgres: PostgresDatabase;
  readonly supervisor: Supervisor;
}

const domain = 'edit.example.com';
const stateSchema = fileURLToPath(new URL('store/schema.sql', import.meta.url));

/** Starts a session platform with no session and no task. Costs about a second. */
export async function openSessionPlatform({ folder, worker, postgres, code, relay, fault }: OpenSessionOptions): Promise<OpenSessionPlatform> {
  const record = (name: string, pid: number): void => folder.recordProcess(`sessions-${worker}-${name}`, pid);
  const cloud = await startCloud({
    folder: path.join(folder.path, `cloud-${worker}`),
    images: { workspace: { module: path.join(code, `${workspaceEntry}.cjs`), args: [] } },
    record,
  });
  const opened: AsyncDisposable[] = [cloud];
  const close = async (): Promise<void> => {
    for (const one of opened.toReversed()) await one[Symbol.asyncDispose]();
  };
  try {
    const secret = randomBytes(32).toString('hex');
    const { endpoint, region, credentials } = cloud;
    const [state] = await Promise.all([
      postgres.lease({ schema: stateSchema, dataset: 'empty', isolation: 'database' }),
      deploy(cloud, { run: folder.id, fault }),
    ]);
    opened.push({ [Symbol.asyncDispose]: async () => void (await state.end({ keep: false })) });
    const configuration: SessionConfiguration = {
      postgres: state.database.url, secret, fault,
      cloud: { endpoint, region, credentials, cluster, service, containerPort },
      mail: { domain, relay },
      limits: defaultSessionLimits,
      times: defaultSessionTimes,
    };
    const supervisor = new Supervisor(sessionPlans, { configuration: Promise.resolve(configuration), record, code, mark: folder.path });
    opened.push(supervisor);
    await supervisor.start();
    return {
      url: `http://127.0.0.1:${await supervisor.process('router').port()}`,
      smtp: { host: '127.0.0.1', port: await supervisor.process('mail').port() },
      domain, secret, cloud, cluster, service, postgres: state.database, supervisor,
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
