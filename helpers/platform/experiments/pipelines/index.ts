export {
  type CollectorConfiguration,
  type ConfigurationLabels,
  type ConfigurationSource,
  parseConfiguration,
  renderConfiguration,
  resolveProcessors,
} from './collector-configuration.ts';
export { ConfigurationError } from './error.ts';
export { criticalProcesses, type Priority } from './host-inventory.ts';
export { compilePipeline, type Pipeline, type PipelineResult, type Point } from './pipeline.ts';
export { checkProcessors, type ProcessorConfig, type ProcessorType } from './processors.ts';
export { type Load, type LoadProfile, loadProfiles, type ProcessSample, simulate } from './simulation.ts';
export { findTemplate, type Template, type TemplateParameter, templates } from './templates.ts';
