import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Server as NetServer } from 'node:net';
import type { RequestTimes } from '../../../lib/http-limits.ts';
import { serveWorkspace } from './workspace-server.ts';
import type { WorkspaceParts } from './parts.ts';
import { Workspace } from './workspace.ts';

/** The parent's message with the socket to listen on. */
export interface Listen {
  readonly listen: number;
}

/** Milliseconds for a requested end. */
const patience = 4_000;

/** Exit code of a process that SIGTERM has ended (128 and the signal's number, as in shells and ECS). */
const terminated = 143;

/**
 * Runs this process as a container. It listens on the socket that it receives, and ends with SIGTERM or with its
 * parent; in both cases the running instruction's work is committed first.
 * @param root the volume's folder.
 * @param key the key that requests must have.
 * @param times for a client to send its request.
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
    await Promise.all([...answering].map((response) => once(response, 'close'))); // so that clients get their answers
    process.exit(code);
  };
  // After the first request, because warming up blocks the process for some 100 ms, and the first request is a health
  // check.
  server.once('request', (_, response) => response.once('close', () => void parts.developmentServer.warmUp()));
  process.once('SIGTERM', () => void end(terminated));
  process.once('disconnect', () => void end(0));
  process.on('message', (_: Listen, socket: NetServer | undefined) => {
    if (socket !== undefined) server.listen(socket);
  });
}
