import type { PlatformConfiguration } from '../configuration.ts';
import { type Run, runProcess } from '../../kernel/process.ts';
import { type GatewayParts, gatewayParts } from './parts.ts';
import { serveGateway } from './gateway-server.ts';

export const run: Run = (decorate) =>
  runProcess<PlatformConfiguration, GatewayParts>('experiments', gatewayParts, decorate, ({ port }, context) =>
    serveGateway(context, port),
  );
