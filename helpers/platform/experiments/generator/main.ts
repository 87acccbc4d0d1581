import { runProcess } from '../../process.ts';
import { generatorParts } from './parts.ts';
import { serveGenerator } from './server.ts';

void runProcess('experiments', generatorParts, ({ port }, context) => serveGenerator(context, port));
