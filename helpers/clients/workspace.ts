import { workspacePath } from '../platform/sessions/workspace/index.ts';
import type { CloudClient } from './cloud-client.ts';
import type { Measure } from './experiments.ts';
import type { Session } from './session.ts';

/** Programs that run in a container and print what is on the volume, as JSON. */
const programs = {
  list: `const fs = require('node:fs'); console.log(JSON.stringify(fs.existsSync(place) ? fs.readdirSync(place).toSorted() : []))`,
  exists: `console.log(JSON.stringify(require('node:fs').existsSync(place)))`,
  read: `console.log(JSON.stringify(require('node:fs').readFileSync(place, 'utf8')))`,
} as const;

/** The files of a session's workspace, read by commands in its container (ECS Exec). */
export class Workspace {
  readonly #cloud: CloudClient;
  readonly #session: Session;
  readonly #measure: Measure;

  constructor(cloud: CloudClient, session: Session, measure: Measure = () => undefined) {
    this.#cloud = cloud;
    this.#session = session;
    this.#measure = measure;
  }

  /** Whether a file or folder exists, by its path within the site. */
  async exists(path: string): Promise<boolean> {
    const start = performance.now();
    const found = await this.#ask<boolean>('exists', path);
    this.#measure('workspace.exists', performance.now() - start, 'ms');
    return found;
  }

  /** The names in a folder; none when it does not exist. */
  list(path: string): Promise<string[]> {
    return this.#ask('list', path);
  }

  /** The text of a file. @throws Error when it does not exist. */
  read(path: string): Promise<string> {
    return this.#ask('read', path);
  }

  async #ask<Answer>(question: keyof typeof programs, path: string): Promise<Answer> {
    const { id, user } = this.#session;
    const task = (await this.#cloud.tasksOf(id)).find(({ lastStatus }) => lastStatus === 'RUNNING');
    if (task === undefined) throw new Error(`Session ${id} has no container that runs.`);
    const place = `[process.env.WORKSPACE, ...${JSON.stringify([...workspacePath(user.clientId, user.userId), ...path.split('/')])}].join('/')`;
    // Base64 needs no quoting.
    const script = Buffer.from(`const place = ${place}; ${programs[question]}`).toString('base64');
    const { output, exitCode } = await this.#cloud.exec(
      task.taskArn!,
      `node -e "eval(Buffer.from('${script}','base64').toString())"`,
    );
    if (exitCode !== 0) throw new Error(`Looking at ${path} of session ${id} ended with ${exitCode}: ${output}`);
    return JSON.parse(output) as Answer;
  }
}
