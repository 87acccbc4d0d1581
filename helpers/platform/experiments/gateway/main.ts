import { runProcess } from '../../kernel/process.ts';
import { gatewayParts } from './parts.ts';
import { serveGateway } from './gateway-server.ts';

void runProcess('experiments', gatewayParts, ({ port }, context) => serveGateway(context, port));
