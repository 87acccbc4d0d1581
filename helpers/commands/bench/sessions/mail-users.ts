import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { call, type Mailbox, MailServer, Session, type SessionUser } from '../../../clients/index.ts';
import type { Configuration } from '../../../run/configuration/index.ts';
import { buildPlatform, openSessionPlatform, type OpenSessionPlatform } from '../../../platform/index.ts';
import { realms } from '../../../platform/kernel/realms.ts';
import { signToken } from '../../../platform/kernel/tokens.ts';
import {
  postgresParts,
  PostgresWorker,
  type ServerConnection,
  startPostgresServer,
} from '../../../stores/postgres/index.ts';
import { RunHost } from '../../../run/index.ts';
import { checkLocal } from '../bench.ts';

const most = 8;
const hour = 3_600_000;

export interface BenchPlatform extends OpenSessionPlatform {
  readonly office: MailServer;
}

/** A session platform for the bench alone, with room for eight sessions. */
export async function withSessionPlatform(
  configuration: Configuration,
  use: (platform: BenchPlatform) => Promise<void>,
): Promise<void> {
  checkLocal(configuration, 'platform');
  await using host = await RunHost.open(
    {
      postgres: (folder) =>
        startPostgresServer(configuration, { folder, workers: 1, keptFolder: path.join(folder.path, 'kept') }),
      platform: () => buildPlatform(configuration),
    },
    configuration.folder,
  );
  await using postgres = await PostgresWorker.open({
    server: (await host.service('postgres')) as ServerConnection,
    run: host.folder.id,
    worker: 0,
    workers: 1,
    parts: postgresParts,
    measure: () => undefined,
  });
  await using office = await MailServer.open();
  await using platform = await openSessionPlatform({
    folder: host.folder,
    worker: 0,
    postgres,
    code: (await host.service('platform')) as string,
    relay: office,
    decoration: undefined,
    image: undefined,
    sessions: most,
  });
  await use(Object.assign(platform, { office }));
}

/** A user who writes mail to the platform. */
export class MailUser {
  readonly #mailbox: Mailbox;
  #count = 0;

  constructor(mailbox: Mailbox) {
    this.#mailbox = mailbox;
  }

  /** Requests a page by mail. Returns the milliseconds until the page that the reply names is served. */
  async ask(): Promise<number> {
    const start = performance.now();
    const mail = await this.#mailbox.send(`Add a new page called "Page ${++this.#count}"`);
    const reply = await mail.reply({ timeout: 120_000 });
    const { status } = await fetch(reply.previewUrl);
    if (!reply.isDone || status !== 200) throw new Error(`The page is not there (${status}): ${reply.text}`);
    return performance.now() - start;
  }
}

export class MailUsers {
  readonly #platform: BenchPlatform;
  #users: SessionUser[] = [];

  constructor(platform: BenchPlatform) {
    this.#platform = platform;
  }

  async invite(count: number): Promise<MailUser[]> {
    const { url, secret, smtp, domain, office } = this.#platform;
    return Promise.all(
      Array.from({ length: count }, async () => {
        const [clientId, userId] = [`client-${randomUUID()}`, 'guest'];
        const token = signToken(
          { user_id: userId, email: 'guest@example.com', roles: ['admin'], tenant_id: clientId },
          secret,
          hour,
          realms.sessions,
        );
        const mailbox = office.mailbox({ ...smtp, address: `${clientId}@${domain}` });
        await call(url, '/hermes/api/users', {
          method: 'PUT',
          token,
          body: { email: mailbox.address, clientId, userId },
        });
        this.#users.push({ clientId, userId, token });
        return new MailUser(mailbox);
      }),
    );
  }

  /** Ends the users' sessions, so that nothing runs any more. */
  async seeOff(): Promise<void> {
    const sessions = (await Promise.all(this.#users.map((user) => Session.ofUser(this.#platform.url, user)))).flat();
    await Promise.all(sessions.map((session) => session.end()));
    this.#users = [];
  }
}
