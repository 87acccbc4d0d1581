import { EventEmitter } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import { pagesPath } from '../site/page.ts';
import { maySee } from './guard.ts';
import { pagesPlugin, withoutPreprocessors } from './plugins.ts';

/** Where live updates are, under the base. */
const updatesPath = 'ws/hmr';
/** Vite's subprotocols: it leaves another upgrade without an answer. */
const updatesProtocols = new Set(['vite-hmr', 'vite-ping']);

export interface PreviewOptions {
  /** The site's folder, as a real path. */
  readonly folder: string;
  /** The path under which it is shown; begins and ends with a slash. */
  readonly base: string;
}

/** Shows a site while it is edited, with live updates. */
export interface Preview {
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Takes the WebSocket of live updates; returns false when it is not for it. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean;
  /** Tells that pages were changed; without that it takes as long as the file system does. */
  changed(): void;
  close(): Promise<void>;
}

export interface DevelopmentServer {
  /** Loads what a start needs, so that it is fast later. */
  warmUp(): Promise<void>;
  start(options: PreviewOptions): Promise<Preview>;
}

/** By Vite, in this process and behind this process's own HTTP server. It executes nothing that is in the folder. */
export const developmentServer: DevelopmentServer = {
  warmUp: async () => void (await import('vite')),

  async start({ folder, base }) {
    const { createServer } = await import('vite');
    // Vite would listen to every upgrade of a server; here it hears of its own ones only.
    const upgrades = new EventEmitter();
    const server = await createServer({
      root: folder,
      base,
      configFile: false,
      envDir: false,
      publicDir: false,
      appType: 'spa',
      logLevel: 'error',
      clearScreen: false,
      cacheDir: path.resolve('.vite'), // of this task, not of the site
      css: { postcss: {} }, // else it looks for a configuration, and executes it
      optimizeDeps: { noDiscovery: true, include: [] },
      plugins: [pagesPlugin(folder), withoutPreprocessors],
      server: {
        middlewareMode: true,
        ws: { server: upgrades as Server, path: updatesPath },
        allowedHosts: true, // the gateway decides
        cors: false,
        fs: { strict: true, allow: [folder] },
        watch: { followSymlinks: false },
      },
    });
    void server.environments.client.warmupRequest('/src/main.js'); // in middleware mode nobody else does
    return {
      async handle(request, response) {
        if (await maySee(folder, request.url!.slice(base.length - 1))) server.middlewares(request, response);
        else response.writeHead(404).end();
      },
      upgrade(request, socket, head) {
        const isForUpdates =
          request.url!.split('?')[0] === `${base}${updatesPath}` &&
          updatesProtocols.has(request.headers['sec-websocket-protocol'] ?? '');
        return isForUpdates && upgrades.emit('upgrade', request, socket, head);
      },
      changed: () => void server.watcher.emit('change', path.join(folder, ...pagesPath)),
      close: () => server.close(),
    };
  },
};
