import { runProcess } from '../../process.ts';
import { generatorParts } from './parts.ts';
import { serveGenerator } from './server.ts';

void runProcess(generatorParts, ({ port }, context) => serveGenerator(context, port));
