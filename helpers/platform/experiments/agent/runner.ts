import { compilePipeline, parseConfiguration, type Pipeline } from '../pipelines/index.ts';
import type { StoredDeployment } from '../store/deployments.ts';

/** Turns the configuration of a deployment into a pipeline that runs. */
export interface PipelineRunner {
  /**
   * @param running what runs now; undefined when nothing does.
   * @throws ConfigurationError when the configuration is not good.
   */
  load(deployment: StoredDeployment, running: RunningPipeline | undefined): RunningPipeline;
}

export interface RunningPipeline {
  readonly version: number;
  readonly pipeline: Pipeline;
}

export const pipelineRunner: PipelineRunner = {
  load: ({ version, configuration }, running) =>
    running?.version === version
      ? running
      : { version, pipeline: compilePipeline(parseConfiguration(configuration).processors) },
};
