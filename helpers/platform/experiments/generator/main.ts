import type { PlatformConfiguration } from '../configuration.ts';
import { type Run, runProcess } from '../../kernel/process.ts';
import { type GeneratorParts, generatorParts } from './parts.ts';
import { serveGenerator } from './generator-server.ts';

export const run: Run = (decorate) =>
  runProcess<PlatformConfiguration, GeneratorParts>('experiments', generatorParts, decorate, ({ port }, context) =>
    serveGenerator(context, port),
  );
