import { runProcess } from '../../process.ts';
import { PipelineAgent } from './agent.ts';

await runProcess(async ({ name }, context) => {
  await new PipelineAgent(context, name).open();
  return undefined;
});
