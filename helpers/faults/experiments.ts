// Most of these are defects of a real experiment platform; the others break promises that are easily broken.
export * from './experiments/controller.ts';
export * from './experiments/gateway.ts';
export * from './experiments/metrics.ts';
export * from './experiments/pipelines.ts';
