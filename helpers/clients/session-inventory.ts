import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { OpenSessionPlatform } from '../platform/index.ts';
import { ownProcesses } from '../platform/sessions/folder.ts';

/** What is there without anybody who would need it. */
export interface LeftBehind {
  /** Tasks that are not stopped, by ARN. */
  readonly tasks: readonly string[];
  /** Processes that are neither the platform's own nor of such a task. */
  readonly processes: readonly number[];
  /** Folders of no such task. */
  readonly folders: readonly string[];
  /** Ports that lead to containers of no such task. */
  readonly ports: readonly number[];
  /** Sessions that are not over. */
  readonly sessions: readonly string[];
  /** Instructions that nobody has carried out or refused. */
  readonly messages: readonly string[];
}

export const nothing: LeftBehind = { tasks: [], processes: [], folders: [], ports: [], sessions: [], messages: [] };

/**
 * Looks at a session platform that is to be at rest: what is listed was left behind. Processes and folders are those
 * that this machine has, whatever the control plane remembers.
 */
export async function leftBehind({
  cloud,
  folder,
  network,
  postgres,
  supervisor,
}: Pick<OpenSessionPlatform, 'cloud' | 'folder' | 'network' | 'postgres' | 'supervisor'>): Promise<LeftBehind> {
  const ids = async (sql: string): Promise<string[]> => (await postgres.query<{ id: string }>(sql)).map(({ id }) => id);
  const living = [...cloud.tasks()].filter(([, { history }]) => history.at(-1)!.status !== 'STOPPED');
  const needed = living.map(([, task]) => path.basename(task.folder)); // its name is part of all that is its
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
