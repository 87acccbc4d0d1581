export {
  type ConfigurationSource,
  parseConfiguration,
  renderConfiguration,
  resolveProcessors,
} from './collector-configuration.ts';
export { ConfigurationError } from './error.ts';
export { criticalProcesses } from './host-inventory.ts';
export { compilePipeline, type Pipeline, type Point } from './pipeline.ts';
export { checkProcessors, type ProcessorConfig } from './processors.ts';
export { type LoadProfile, loadProfiles, type ProcessSample, simulate } from './simulation.ts';
export { findTemplate, type Template, templates } from './templates.ts';
