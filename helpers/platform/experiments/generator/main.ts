import { runProcess } from '../../process.ts';
import { serveGenerator } from './server.ts';

await runProcess(({ port }, context) => serveGenerator(context, port));
