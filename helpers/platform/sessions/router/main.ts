import type { SessionConfiguration } from '../configuration.ts';
import { type Run, runProcess } from '../../kernel/process.ts';
import { type RouterParts, routerParts } from './parts.ts';
import { serveRouter } from './router-server.ts';

export const run: Run = (decorate) =>
  runProcess<SessionConfiguration, RouterParts>('sessions', routerParts, decorate, ({ port }, context) =>
    serveRouter(context, port),
  );
