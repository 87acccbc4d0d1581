import type { Experiment, ExperimentList, ListQuery } from '../contract.ts';
import type { Page, StoredExperiment } from '../store/experiment-reader.ts';

const base = '/api/v1/experiments';

export function links(id: string): Experiment['_links'] {
  return { self: `${base}/${id}`, metrics: `${base}/${id}/metrics`, cancel: `${base}/${id}/state` };
}

export function presentExperiment(experiment: StoredExperiment): Experiment {
  const { id, name, description, state, baseline_pipeline, candidate_pipeline, config, load, results } = experiment;
  return {
    id,
    name,
    description,
    state,
    baseline_pipeline,
    candidate_pipeline,
    config,
    load,
    results,
    paused: experiment.paused_at !== null,
    target_nodes: [...experiment.target_nodes],
    created_at: experiment.created_at.toISOString(),
    updated_at: experiment.updated_at.toISOString(),
    started_at: experiment.started_at?.toISOString() ?? null,
    completed_at: experiment.completed_at?.toISOString() ?? null,
    _links: links(id),
  };
}

export function presentPage({ experiments, total }: Page, query: ListQuery): ExperimentList {
  const { page = 1, per_page: size = 20 } = query;
  const pages = Math.ceil(total / size);
  const at = (number: number): string => `${base}?${address({ ...query, page: number })}`;
  return {
    experiments: experiments.map(presentExperiment),
    _meta: { current_page: page, per_page: size, total_pages: pages, total_count: total },
    _links: {
      self: at(page),
      next: page < pages ? at(page + 1) : null,
      prev: page > 1 ? at(page - 1) : null,
      first: at(1),
      last: at(Math.max(1, pages)),
    },
  };
}

function address(query: ListQuery): string {
  return new URLSearchParams(
    Object.entries(query).flatMap(([name, value]) =>
      [value].flat().map((one): [string, string] => [name, String(one)]),
    ),
  ).toString();
}
