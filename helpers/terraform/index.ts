/**
 * Terraform's plugin protocol, versions 5 and 6: providers as processes, in both roles.
 */
export { intrude, type Intrusion, intrusions } from './client/intruder.ts';
export { launchProvider } from './client/launch.ts';
export { ProviderError, type ProviderErrorCode } from './provider-error.ts';
export {
  type Action,
  type Applied,
  type Diagnostic,
  type Imported,
  type LaunchOptions,
  type Planned,
  type PlanPayload,
  type Provider,
  type ProviderExit,
  type ProviderProgram,
  stepsOf,
  type Wish,
} from './provider.ts';
export {
  type Attribute,
  type Block,
  type NestedBlock,
  type Nesting,
  type ProviderSchema,
  type Schema,
  type Type,
  withoutSensitive,
} from './schema.ts';
export { type State, Unknown, unknown, type Value, type Values } from './values/value.ts';
