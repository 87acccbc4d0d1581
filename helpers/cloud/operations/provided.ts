/**
 * The members of requests that this control plane honours, by operation. A path covers all that lies below it, unless
 * it has longer ones beside it; `=` lists the only values that are honoured. Everything else that the service's model
 * has is refused by name, see `refuseUnprovided`.
 */
const page = 'nextToken maxResults';
const strategy = 'capacityProviderStrategy';
/** The network of a task is this machine's, in which there are no public addresses. */
const network = below('networkConfiguration.awsvpcConfiguration', 'subnets securityGroups assignPublicIp=DISABLED');
const platform = 'platformVersion=LATEST|1.4.0';
/** Storage is not limited, and roles permit nothing here that is not permitted anyway. */
const size = 'cpu memory ephemeralStorage executionRoleArn';

const service = `cluster taskDefinition desiredCount ${strategy} ${platform} ${network} enableECSManagedTags
  propagateTags enableExecuteCommand healthCheckGracePeriodSeconds availabilityZoneRebalancing
  deploymentController.type=ECS
  ${below('deploymentConfiguration', 'maximumPercent minimumHealthyPercent strategy=ROLLING')}
  ${below('deploymentConfiguration.deploymentCircuitBreaker', 'enable rollback')}`;

const container = `name image command cpu memory memoryReservation essential environment dependsOn startTimeout
  stopTimeout healthCheck dockerLabels mountPoints.sourceVolume mountPoints.containerPath versionConsistency=enabled
  ${below('portMappings', 'containerPort hostPort name protocol=tcp')}`;

const volume = `name ${below('efsVolumeConfiguration', 'fileSystemId rootDirectory transitEncryption=DISABLED')}`;

export const provided: Readonly<Record<string, string>> = {
  createCluster: 'clusterName tags settings capacityProviders defaultCapacityProviderStrategy',
  updateCluster: 'cluster settings',
  updateClusterSettings: 'cluster settings',
  putClusterCapacityProviders: 'cluster capacityProviders defaultCapacityProviderStrategy',
  describeClusters: 'clusters include=ATTACHMENTS|CONFIGURATIONS|SETTINGS|STATISTICS|TAGS',
  listClusters: page,
  deleteCluster: 'cluster',
  describeCapacityProviders: `capacityProviders cluster include=TAGS ${page}`,
  listContainerInstances: `cluster filter status ${page}`,
  listAccountSettings: `name value principalArn effectiveSettings ${page}`,

  registerTaskDefinition: `family networkMode ${size} tags requiresCompatibilities
    runtimePlatform.cpuArchitecture=X86_64|ARM64 runtimePlatform.operatingSystemFamily=LINUX
    ${below('volumes', volume)} ${below('containerDefinitions', container)}`,
  describeTaskDefinition: 'taskDefinition include=TAGS',
  listTaskDefinitions: `familyPrefix status sort ${page}`,
  listTaskDefinitionFamilies: `familyPrefix status ${page}`,
  deregisterTaskDefinition: 'taskDefinition',
  deleteTaskDefinitions: 'taskDefinitions',

  runTask: `taskDefinition cluster count launchType ${strategy} ${network} ${platform} enableECSManagedTags
    enableExecuteCommand group propagateTags startedBy tags clientToken ${below('overrides', size)}
    ${below('overrides.containerOverrides', 'name command environment cpu memory memoryReservation')}`,
  stopTask: 'task cluster reason',
  describeTasks: 'tasks cluster include=TAGS',
  listTasks: `cluster family startedBy serviceName desiredStatus launchType ${page}`,
  updateTaskProtection: 'cluster tasks protectionEnabled expiresInMinutes',
  getTaskProtection: 'cluster tasks',
  executeCommand: 'command interactive task cluster container',

  createService: `serviceName clientToken launchType schedulingStrategy tags ${service}`,
  updateService: `service forceNewDeployment ${service}`,
  deleteService: 'service cluster force',
  describeServices: 'services cluster include=TAGS',
  listServices: `cluster launchType schedulingStrategy resourceManagementType ${page}`,
  describeServiceDeployments: 'serviceDeploymentArns',
  listServiceDeployments: `service cluster status createdAt ${page}`,
  describeServiceRevisions: 'serviceRevisionArns',

  tagResource: 'resourceArn tags',
  untagResource: 'resourceArn tagKeys',
  listTagsForResource: 'resourceArn',
};

function below(path: string, members: string): string {
  return members
    .split(/\s+/)
    .map((member) => `${path}.${member}`)
    .join(' ');
}
