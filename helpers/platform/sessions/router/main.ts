import { runProcess } from '../../kernel/process.ts';
import { routerParts } from './parts.ts';
import { serveRouter } from './router-server.ts';

void runProcess('sessions', routerParts, ({ port }, context) => serveRouter(context, port));
