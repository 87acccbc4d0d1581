export { type Operation, operationsOf } from './document.ts';
export { type GeneratedRequest, requestArbitrary } from './requests.ts';
export { type ResponseChecker, responseChecker } from './responses.ts';
export { sampleRequests } from './samples.ts';
