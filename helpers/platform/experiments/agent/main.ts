import { runProcess } from '../../kernel/process.ts';
import { PipelineAgent } from './agent.ts';
import { agentParts } from './parts.ts';

void runProcess('experiments', agentParts, async ({ name }, context) => {
  await new PipelineAgent(context, name).open();
  return undefined;
});
