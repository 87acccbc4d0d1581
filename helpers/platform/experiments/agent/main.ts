import type { PlatformConfiguration } from '../configuration.ts';
import { type Run, runProcess } from '../../kernel/process.ts';
import { PipelineAgent } from './agent.ts';
import { type AgentParts, agentParts } from './parts.ts';

export const run: Run = (decorate) =>
  runProcess<PlatformConfiguration, AgentParts>('experiments', agentParts, decorate, async ({ name }, context) => {
    await new PipelineAgent(context, name).open();
    return undefined;
  });
