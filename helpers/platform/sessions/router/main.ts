import { runProcess } from '../../process.ts';
import { routerParts } from './parts.ts';
import { serveRouter } from './server.ts';

void runProcess('sessions', routerParts, ({ port }, context) => serveRouter(context, port));
