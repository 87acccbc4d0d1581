import { runProcess } from '../../process.ts';
import { generatorParts } from './parts.ts';
import { serveGenerator } from './server.ts';

await runProcess(generatorParts, ({ port }, context) => serveGenerator(context, port));
