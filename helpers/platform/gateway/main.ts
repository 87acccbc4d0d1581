import { runProcess } from '../process.ts';
import { serveGateway } from './server.ts';

await runProcess(({ port }, context) => serveGateway(context, port));
