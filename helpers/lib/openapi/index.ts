export { type Operation, operationsOf, type Parameter } from './document.ts';
export { type GeneratedRequest, requestArbitrary, type RequestOptions } from './requests.ts';
export { type ResponseChecker, responseChecker } from './responses.ts';
export type { Schema } from './json-schema.ts';
