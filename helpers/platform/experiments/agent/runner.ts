import { compilePipeline, parseConfiguration, type Pipeline } from '../pipelines/index.ts';
import type { StoredDeployment } from '../store/pipeline-deployments.ts';

/** Turns a deployment's configuration into a running pipeline. */
export interface PipelineRunner {
  /** @param running the current pipeline, if any. @throws ConfigurationError when the configuration is invalid. */
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
