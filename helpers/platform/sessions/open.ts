import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type CloudParts, dockerRunner, type LocalCloud, processRunner, startCloud } from '../../cloud/index.ts';
import type { Address } from '../../run/network/index.ts';
import type { PostgresDatabase, PostgresWorker } from '../../stores/postgres/index.ts';
import type { RunFolder } from '../../run/index.ts';
import { installed } from '../kernel/packages.ts';
import { type SessionProcessName, sessionPlans, workspaceEntry } from './processes.ts';
import { boot, Supervisor } from '../kernel/supervisor.ts';
import { defaultSessionLimits, defaultSessionTimes, type SessionConfiguration } from './configuration.ts';
import { cluster, containerPort, deploy, service } from './deployment.ts';
import { makeFolder, markOf, recordPrefix } from './folder.ts';
import { newCredentials, type SmtpAddress } from './mail/index.ts';
import { Network } from './network.ts';

export interface OpenSessionOptions {
  /** The run's folder. */
  readonly folder: RunFolder;
  /** Part of the names of its folder and its processes. */
  readonly worker: number | string;
  /** The worker whose server has its state. */
  readonly postgres: PostgresWorker;
  /** The folder of the bundled processes. */
  readonly code: string;
  /** The SMTP server for replies. */
  readonly relay: SessionConfiguration['mail']['relay'];
  /** What the decorator in the bundles is told. */
  readonly decoration: string | undefined;
  /** Changes what its cloud is composed of, which runs in this process. */
  readonly composeCloud?: (parts: CloudParts) => CloudParts | Promise<CloudParts>;
  /** The Docker image of its containers; undefined to run them as processes. */
  readonly image: string | undefined;
  /** The limit of concurrent sessions; default 3. */
  readonly sessions?: number;
  /** Deviations from the defaults. */
  readonly times?: Partial<SessionConfiguration['times']>;
}

/** A session platform on this machine, with a database and a cloud of its own. */
export interface OpenSessionPlatform extends AsyncDisposable {
  /** The folder that its containers run in. */
  readonly folder: string;
  /** The router's URL. */
  readonly url: string;
  /** The address at which it receives mail. */
  readonly smtp: SmtpAddress;
  readonly domain: string;
  readonly secret: string;
  readonly network: Network;
  readonly cloud: LocalCloud;
  readonly cluster: string;
  readonly service: string;
  readonly postgres: PostgresDatabase;
  readonly supervisor: Supervisor;
}

const domain = 'edit.example.com';
const stateSchema = fileURLToPath(new URL('store/schema.sql', import.meta.url));

/** Starts a session platform without sessions and tasks. Costs about a second. */
export async function openSessionPlatform({
  folder: run,
  worker,
  postgres,
  code,
  relay,
  decoration,
  composeCloud = (parts) => parts,
  image,
  sessions = defaultSessionLimits.sessions,
  ...options
}: OpenSessionOptions): Promise<OpenSessionPlatform> {
  const folder = await makeFolder(run, worker);
  const record = (name: string, pid: number): void => run.recordProcess(`${recordPrefix}${worker}-${name}`, pid);
  const opened: AsyncDisposable[] = [];
  const keep = <Resource extends AsyncDisposable>(resource: Resource): Resource => {
    opened.push(resource);
    return resource;
  };
  const close = async (): Promise<void> => {
    const failures: unknown[] = [];
    for (const one of opened.toReversed()) {
      try {
        await one[Symbol.asyncDispose]();
      } catch (error) {
        failures.push(error); // the others are closed, too
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'A session platform could not be closed');
  };
  const [secret, workspaceSecret] = [randomBytes(32).toString('hex'), randomBytes(32).toString('hex')];
  const times = { ...defaultSessionTimes, ...options.times };
  const submission = newCredentials('people');
  let supervisor: Supervisor | undefined;
  let store: Address | undefined;
  try {
    const runner = image === undefined ? processRunner(record) : await dockerRunner({ folder: run, image, record });
    const network: Network = keep(
      await Network.open({
        'hermes-store': () => store!,
        'router-store': () => store!,
        'mail-store': () => store!,
        'hermes-cloud': () => addressOf(cloud.endpoint),
        'hermes-relay': () => relay,
        'router-hermes': async () => ({ host: '127.0.0.1', port: await supervisor!.process('hermes').port() }),
      }),
    );
    const cloud: LocalCloud = keep(
      await startCloud({
        folder,
        images: {
          workspace: { module: boot, args: [path.join(code, `${workspaceEntry}.cjs`)], folders: [code, installed] },
        },
        taskRunner: network.connect(runner),
        compose: composeCloud,
      }),
    );
    const { endpoint, region, credentials } = cloud;
    const lease = postgres.lease({ schema: stateSchema, dataset: 'empty', isolation: 'database' }, 'worker');
    keep({ [Symbol.asyncDispose]: async () => void (await (await lease).end({ keep: false })) });
    const [state] = await Promise.all([
      lease,
      deploy(cloud, { run: run.id, decoration, secret: workspaceSecret, request: times.request }),
    ]);
    store = addressOf(state.database.url);
    const configuration = (name: SessionProcessName): SessionConfiguration => ({
      postgres: network.through(`${name}-store`, state.database.url),
      hermes: network.through('router-hermes', 'http://hermes'),
      secret,
      workspaceSecret,
      decoration,
      cloud: {
        endpoint: network.through('hermes-cloud', endpoint),
        region,
        credentials,
        cluster,
        service,
        containerPort,
      },
      mail: { domain, submission, relay: { ...relay, port: network.port('hermes-relay') } },
      limits: { ...defaultSessionLimits, sessions },
      times,
    });
    supervisor = keep(
      new Supervisor(sessionPlans, {
        configuration: (name) => Promise.resolve(configuration(name as SessionProcessName)),
        record,
        code,
        mark: markOf(folder),
      }),
    );
    await supervisor.start();
    return {
      folder,
      url: `http://127.0.0.1:${await supervisor.process('router').port()}`,
      smtp: { host: '127.0.0.1', port: await supervisor.process('mail').port(), auth: submission },
      domain,
      secret,
      network,
      cloud,
      cluster,
      service,
      postgres: state.database,
      supervisor,
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close().catch((second: unknown) => {
      throw new AggregateError([error, second], 'A session platform could neither be opened nor closed', {
        cause: error,
      });
    });
    throw error;
  }
}

function addressOf(url: string): Address {
  const { hostname: host, port } = new URL(url);
  return { host, port: Number(port) };
}
