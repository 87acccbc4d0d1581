import { type Run, runProcess } from '../../kernel/process.ts';
import type { ManagerConfiguration } from '../manager-configuration.ts';
import { serveManager } from './manager-server.ts';
import { type ManagerParts, managerParts } from './parts.ts';

export const run: Run = (decorate) =>
  runProcess<ManagerConfiguration, ManagerParts>('deployments', managerParts, decorate, ({ port }, context) =>
    serveManager(context, port),
  );
