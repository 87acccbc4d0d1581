import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { OpenSessionPlatform } from '../platform/index.ts';
import { ownProcesses } from '../platform/sessions/folder.ts';

/** Things on a session platform that nothing needs any more. */
export interface LeftBehind {
  /** Tasks that are not stopped, by ARN. */
  readonly tasks: readonly string[];
  /** Processes that belong neither to the platform nor to such a task. */
  readonly processes: readonly number[];
  /** Folders that belong to no such task. */
  readonly folders: readonly string[];
  /** Ports that lead to containers of no such task. */
  readonly ports: readonly number[];
  /** Sessions that have not ended. */
  readonly sessions: readonly string[];
  /** Instructions that were neither executed nor refused. */
  readonly messages: readonly string[];
}

export const nothing: LeftBehind = { tasks: [], processes: [], folders: [], ports: [], sessions: [], messages: [] };

/** Lists what a session platform at rest has left behind, by what is on this machine. */
export async function leftBehind({
  cloud,
  folder,
  network,
  postgres,
  supervisor,
}: Pick<OpenSessionPlatform, 'cloud' | 'folder' | 'network' | 'postgres' | 'supervisor'>): Promise<LeftBehind> {
  const ids = async (sql: string): Promise<string[]> => (await postgres.query<{ id: string }>(sql)).map(({ id }) => id);
  const living = [...cloud.tasks()].filter(([, { history }]) => history.at(-1)!.status !== 'STOPPED');
  const needed = living.map(([, task]) => path.basename(task.folder)); // part of the name of everything that it owns
  const isNeeded = (text: string): boolean => needed.some((name) => text.includes(name));
  const own = new Set(supervisor.names.map((name) => supervisor.process(name).pid));
  const folders = path.join(folder, 'tasks');
  return {
    tasks: living.map(([arn]) => arn),
    processes: ownProcesses(folder)
      .filter(({ pid, line }) => !own.has(pid) && !isNeeded(line))
      .map(({ pid }) => pid),
    folders: (existsSync(folders) ? readdirSync(folders) : [])
      .filter((name) => !isNeeded(name))
      .map((name) => path.join(folders, name)),
    ports: [...network.containers].filter(([name]) => !isNeeded(name)).map(([, port]) => port),
    sessions: await ids(`SELECT id FROM sessions WHERE status <> 'expired'`),
    messages: await ids('SELECT id FROM messages'),
  };
}
