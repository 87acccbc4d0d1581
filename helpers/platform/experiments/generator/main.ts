import { runProcess } from '../../kernel/process.ts';
import { generatorParts } from './parts.ts';
import { serveGenerator } from './generator-server.ts';

void runProcess('experiments', generatorParts, ({ port }, context) => serveGenerator(context, port));
