import { existsSync } from 'node:fs';
import type { OpenSessionPlatform } from '../platform/index.ts';
import { isAlive } from '../processes/index.ts';

/** What is there without anybody who would need it. */
export interface LeftBehind {
  /** Tasks that are not stopped, by ARN. */
  readonly tasks: readonly string[];
  /** Processes of tasks that are. */
  readonly processes: readonly number[];
  readonly folders: readonly string[];
  /** Sessions that are not over, or over without a reason. */
  readonly sessions: readonly string[];
  /** Instructions that nobody has carried out or refused. */
  readonly messages: readonly string[];
}

export const nothing: LeftBehind = { tasks: [], processes: [], folders: [], sessions: [], messages: [] };

/** Looks at a session platform that is to be at rest: what is listed was left behind. */
export async function leftBehind({ cloud, postgres }: Pick<OpenSessionPlatform, 'cloud' | 'postgres'>): Promise<LeftBehind> {
  const tasks = [...cloud.tasks()];
  const stopped = tasks.filter(([, { history }]) => history.at(-1)!.status === 'STOPPED').map(([, task]) => task);
  const ids = async (sql: string): Promise<string[]> => (await postgres.query<{ id: string }>(sql)).map(({ id }) => id);
  return {
    tasks: tasks.filter(([, { history }]) => history.at(-1)!.status !== 'STOPPED').map(([arn]) => arn),
    processes: stopped.flatMap(({ containers }) => containers).flatMap(({ pid }) => pid ?? []).filter((pid) => isAlive(pid)),
    folders: stopped.map(({ folder }) => folder).filter((folder) => existsSync(folder)),
    sessions: await ids(`SELECT id FROM sessions WHERE status <> 'expired' OR reason IS NULL`),
    messages: await ids('SELECT id FROM messages'),
  };
}
