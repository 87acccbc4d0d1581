export { definition, openTestCloud, type TestCloud } from './cloud.ts';
export { complaintsAbout, type Exchange } from './contract.ts';
export { test } from './test.ts';
export { answerOf, signed, type SignedRequest, targetOf } from './signed.ts';
export {
  cluster,
  createService,
  describeService,
  describeTask,
  launch,
  runningTask,
  runTask,
  soon,
  stableService,
  stoppedTask,
  tasksOfService,
} from './cloud-requests.ts';
