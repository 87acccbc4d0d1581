import { runProcess } from '../../process.ts';
import { Controller } from './controller.ts';

await runProcess(async ({ peers }, context) => {
  await new Controller(context, peers['config-generator']!).open();
  return undefined;
});
