import { runProcess } from '../process.ts';
import { gatewayParts } from './parts.ts';
import { serveGateway } from './server.ts';

void runProcess('experiments', gatewayParts, ({ port }, context) => serveGateway(context, port));
