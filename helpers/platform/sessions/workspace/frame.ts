import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Server as NetServer } from 'node:net';
import type { RequestTimes } from '../../../lib/http-limits.ts';
import { serveWorkspace } from './workspace-server.ts';
import type { WorkspaceParts } from './parts.ts';
import { Workspace } from './workspace.ts';

/** What whoever starts a container sends with the socket that it is to listen on. */
export interface Listen {
  readonly listen: number;
}

/** Longest that an end may take that is asked for; in milliseconds. */
const patience = 4_000;

/** Exit code of a process that SIGTERM has ended (128 and the signal's number, as shells and ECS say it). */
const terminated = 143;

/**
 * Runs this process as a container. It listens on the socket that it is sent, and ends with SIGTERM or with its parent;
 * either way what is under way is committed before.
 * @param root the volume's folder.
 * @param key what whoever asks for something has to show.
 * @param times for a client to say what it wants.
 */
export function runWorkspace(root: string, key: string, times: RequestTimes, parts: WorkspaceParts): void {
  const workspace = new Workspace(root, parts);
  const server = serveWorkspace(workspace, parts.door, key, times);
  const answering = new Set<ServerResponse>();
  server.on('request', (_, response) => {
    answering.add(response);
    response.once('close', () => answering.delete(response));
  });
  const end = async (code: number): Promise<void> => {
    setTimeout(() => process.exit(code), patience);
    server.close();
    await workspace.close();
    await Promise.all([...answering].map((response) => once(response, 'close'))); // so that who asked hears of it
    process.exit(code);
  };
  // Only then: it keeps the process busy for some 100 ms, and the first question is whether it is there.
  server.once('request', (_, response) => response.once('close', () => void parts.developmentServer.warmUp()));
  process.once('SIGTERM', () => void end(terminated));
  process.once('disconnect', () => void end(0));
  process.on('message', (_: Listen, socket: NetServer | undefined) => {
    if (socket !== undefined) server.listen(socket);
  });
}
