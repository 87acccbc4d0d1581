export { everything, presentCluster } from './cluster.ts';
export { definitionStatus, presentDefinition } from './definition.ts';
export { presentService } from './service.ts';
export { presentTask } from './presented-task.ts';
export {
  presentRevision,
  presentServiceDeployment,
  presentServiceDeploymentBrief,
  revisionArn,
  serviceDeploymentArn,
  serviceDeploymentStatus,
} from './service-deployment.ts';
