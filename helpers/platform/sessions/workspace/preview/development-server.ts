import { EventEmitter } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import { pagesPath } from '../site/page.ts';
import { maySee } from './guard.ts';
import { pagesPlugin, withoutPreprocessors } from './plugins.ts';

/** The path of live updates, below the base. */
const updatesPath = 'ws/hmr';
/** Vite's subprotocols: it does not answer other upgrades. */
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
  /** Handles the WebSocket of live updates; returns false for other upgrades. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean;
  /** Reports changed pages, which is faster than watching the file system. */
  changed(): void;
  close(): Promise<void>;
}

export interface DevelopmentServer {
  /** Loads the modules that a start needs, so that it is faster later. */
  warmUp(): Promise<void>;
  start(options: PreviewOptions): Promise<Preview>;
}

/** Vite in this process, behind this process's own HTTP server. It executes nothing in the folder. */
export const developmentServer: DevelopmentServer = {
  warmUp: async () => void (await import('vite')),

  async start({ folder, base }) {
    const { createServer } = await import('vite');
    // Vite would listen to every upgrade of a server, so it only gets its own.
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
      cacheDir: path.resolve('.vite'), // belongs to this task, not to the site
      css: { postcss: {} }, // otherwise it would execute a configuration file
      optimizeDeps: { noDiscovery: true, include: [] },
      plugins: [pagesPlugin(folder), withoutPreprocessors],
      server: {
        middlewareMode: true,
        ws: { server: upgrades as Server, path: updatesPath },
        allowedHosts: true, // checked by the router
        cors: false,
        fs: { strict: true, allow: [folder] },
        watch: { followSymlinks: false },
      },
    });
    void server.environments.client.warmupRequest('/src/main.js'); // not automatic in middleware mode
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
