export { type ApiRequest, type ApiResponse, ApiFailure, call, checkPlatform, request } from './api.ts';
export { Chaos } from './chaos.ts';
export { anExperiment, Experiment, ExperimentsClient, type Measure } from './experiments.ts';
export { createUnderLoad, type LoadOptions, type LoadResult } from './load.ts';
export { Tenant, type TokenOptions } from './tenant.ts';
export { type Subscription, UpdatesClient } from './updates.ts';
