import type { PlatformConfiguration } from '../configuration.ts';
import { type Run, runProcess } from '../../kernel/process.ts';
import { Controller } from './controller.ts';
import { type ControllerParts, controllerParts } from './parts.ts';

export const run: Run = (decorate) =>
  runProcess<PlatformConfiguration, ControllerParts>(
    'experiments',
    controllerParts,
    decorate,
    async ({ peers }, context) => {
      await new Controller(context, peers['config-generator']!).open();
      return undefined;
    },
  );
