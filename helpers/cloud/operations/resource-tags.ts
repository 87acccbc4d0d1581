import { pathIn } from '../arn.ts';
import type { CloudContext } from '../cloud-context.ts';
import { CloudError } from '../errors.ts';
import { definitionFor, serviceFor, taskFor } from '../lookup.ts';
import type { Cluster, Task } from '../state.ts';
import { addTags, readTags, showTags, type Tags } from '../tags.ts';
import type { Operation } from './operation.ts';

export const tagResource: Operation<'tagResource'> = ({ resourceArn, tags }, context) => {
  addTags(changeableTags(context, resourceArn), readTags(tags));
  return {};
};

export const untagResource: Operation<'untagResource'> = ({ resourceArn, tagKeys = [] }, context) => {
  const tags = changeableTags(context, resourceArn);
  for (const key of tagKeys) tags.delete(key);
  return {};
};

export const listTagsForResource: Operation<'listTagsForResource'> = ({ resourceArn }, context) => ({
  tags: showTags(resourceOf(context, resourceArn).tags),
});

/** What has tags: a cluster, service, task or task definition. */
interface Tagged {
  readonly tags: Tags;
  readonly moments?: Task['moments'];
}

/** The tags of a resource, by its ARN. @throws CloudError also for a stopped task, which has none */
function changeableTags(context: CloudContext, arn: string | undefined): Tags {
  const resource = resourceOf(context, arn);
  if (resource.moments?.stoppedAt !== undefined)
    throw CloudError.invalid('The specified task is stopped. Specify a running task and try again.');
  return resource.tags;
}

/** A resource by its ARN. @throws CloudError */
function resourceOf(context: CloudContext, arn = ''): Tagged {
  if (!arn.startsWith('arn:')) throw CloudError.invalid('Invalid resource ARN.');
  const [kind = '', clusterName = ''] = pathIn(arn, context);
  const find: Readonly<Record<string, (cluster: Cluster) => Tagged | undefined>> = {
    cluster: (cluster) => cluster,
    service: (cluster) => serviceFor(context, cluster, arn),
    task: (cluster) => taskFor(context, cluster, arn),
  };
  const isKnown = Object.hasOwn(find, kind);
  if (!isKnown && kind !== 'task-definition') throw CloudError.invalid('Invalid resource ARN.');
  const cluster = context.state.clusters.get(clusterName);
  if (isKnown && cluster?.status !== 'ACTIVE') throw new CloudError('ClusterNotFoundException', 'Cluster not found.');
  const resource = isKnown ? find[kind]!(cluster!) : definitionFor(context, arn);
  if (resource === undefined) throw CloudError.invalid('The specified resource was not found.');
  return resource;
}
