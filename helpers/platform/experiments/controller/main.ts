import { runProcess } from '../../kernel/process.ts';
import { Controller } from './controller.ts';
import { controllerParts } from './parts.ts';

void runProcess('experiments', controllerParts, async ({ peers }, context) => {
  await new Controller(context, peers['config-generator']!).open();
  return undefined;
});
