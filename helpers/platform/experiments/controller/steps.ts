import { parseDuration } from '../duration.ts';
import type { Kpis } from '../metrics/store.ts';
import { deploy, findDeployments, reconfigure, type StoredDeployment } from '../store/pipeline-deployments.ts';
import { elapsed, type StoredExperiment } from '../store/experiment-reader.ts';
import { ticksOf } from '../ticks.ts';
import type { StepContext } from './context.ts';
import { ConfigurationRefused, type GenerationRequest } from './generator.ts';
import { reportProgress } from './progress.ts';

type Step = (experiment: StoredExperiment, context: StepContext) => Promise<void>;

/** The controller's step for each state of a running experiment. Steps can be repeated at any time. */
export interface Steps {
  readonly initializing: Step;
  readonly running: Step;
  readonly analyzing: Step;
}

export const steps: Steps = {
  /** Generates and deploys the configurations, and waits until both pipelines run. */
  async initializing(experiment, context) {
    const { pool, parts, move } = context;
    const deployments = await findDeployments(pool, experiment.id);
    const complaint = deployments.find((deployment) => deployment.complaint !== null)?.complaint;
    try {
      if (complaint !== undefined) throw new ConfigurationRefused(complaint ?? '');
      if (deployments.length === 0)
        return await deploy(
          pool,
          experiment.id,
          await context.generator.generate(requestFor(experiment)),
          parts.clock.now(),
        );
      await keepConfigured(deployments, experiment, context);
    } catch (error) {
      if (error instanceof ConfigurationRefused) return move(experiment, { to: 'failed', reason: error.message });
      if (isWithinPatience(experiment.state_since, context)) throw error;
      return move(experiment, { to: 'failed', reason: 'no configuration could be generated in time' });
    }
    if (deployments.every(({ applied_version: applied }) => applied > 0))
      return move(experiment, { to: 'running', reason: 'both pipelines run' });
    if (!isWithinPatience(experiment.state_since, context))
      await move(experiment, { to: 'failed', reason: 'the pipelines did not start in time' });
  },

  async running(experiment, context) {
    const now = context.parts.clock.now();
    const overdue = elapsed(experiment, now) - parseDuration(experiment.config.duration)!;
    try {
      await reportProgress(experiment, now, context);
    } catch (error) {
      if (overdue < 0) throw error;
      process.stderr.write(`${String(error)}\n`); // at the end it continues: the analysis waits for the metrics
    }
    if (overdue >= 0) return context.move(experiment, { to: 'analyzing', reason: 'the duration is over' });
    await keepConfigured(await findDeployments(context.pool, experiment.id), experiment, context);
  },

  /** Waits for the last series, then computes and judges the results. */
  async analyzing(experiment, { pool, parts, metrics, configuration, move }) {
    const isPatient = isWithinPatience(experiment.state_since, { parts, configuration });
    const deployments = await findDeployments(pool, experiment.id);
    const last = ticksOf(experiment.config.duration, configuration.times.scrape);
    if (isPatient && deployments.some(({ ticks_written: written }) => written < last)) return;
    const { success_criteria: criteria = {}, critical_processes: critical = [] } = experiment.config;
    let kpis: Kpis | undefined;
    try {
      kpis = await parts.metricsStore.kpis(metrics, { tenant: experiment.tenant, experiment: experiment.id }, critical);
    } catch (error) {
      if (isPatient) throw error;
      return move(experiment, { to: 'failed', reason: 'the metrics could not be read in time' });
    }
    if (kpis === undefined)
      return move(experiment, { to: 'failed', reason: 'there are no series of both pipelines to compare' });
    const { passed, results } = parts.judge.judge(kpis, criteria);
    await move(experiment, { to: passed ? 'completed' : 'failed', reason: results.summary, results });
  },
};

function requestFor({
  id,
  baseline_pipeline,
  candidate_pipeline,
  target_nodes,
  config,
}: StoredExperiment): GenerationRequest {
  return {
    experiment_id: id,
    baseline_pipeline,
    candidate_pipeline,
    target_hosts: target_nodes,
    variables: {},
    duration: config.duration,
  };
}

/** Generates new configurations for running pipelines that a user has changed. */
async function keepConfigured(
  deployments: readonly StoredDeployment[],
  experiment: StoredExperiment,
  { pool, generator }: StepContext,
): Promise<void> {
  for (const deployment of deployments) {
    const { variant, wanted_processors: wanted } = deployment;
    if (wanted === null) continue;
    const configurations = await generator.generate({ ...requestFor(experiment), processors: { [variant]: wanted } });
    await reconfigure(pool, deployment, configurations[variant]);
  }
}

function isWithinPatience(
  since: Date,
  { parts, configuration }: Pick<StepContext, 'parts' | 'configuration'>,
): boolean {
  return parts.clock.now().getTime() - since.getTime() < configuration.times.patience;
}
