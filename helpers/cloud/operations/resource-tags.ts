import type { CloudContext } from '../cloud-context.ts';
import { CloudError } from '../errors.ts';
import { definitionFor } from '../lookup.ts';
import { addTags, readTags, showTags, type Tags } from '../tags.ts';
import type { Operation } from './operation.ts';

export const tagResource: Operation<'tagResource'> = ({ resourceArn, tags }, context) => {
  addTags(tagsOf(context, resourceArn), readTags(tags));
  return {};
};

export const untagResource: Operation<'untagResource'> = ({ resourceArn, tagKeys = [] }, context) => {
  const tags = tagsOf(context, resourceArn);
  for (const key of tagKeys) tags.delete(key);
  return {};
};

export const listTagsForResource: Operation<'listTagsForResource'> = ({ resourceArn }, context) => ({
  tags: showTags(tagsOf(context, resourceArn)),
});

/** The tags of a resource, by its ARN. @throws CloudError */
function tagsOf(context: CloudContext, arn = ''): Tags {
  const [, kind, rest = ''] = /^arn:aws:ecs:[^:]*:[^:]*:(cluster|service|task|task-definition)\/(.+)$/.exec(arn) ?? [];
  if (kind === undefined) throw CloudError.invalid('Invalid resource ARN.');
  const [clusterName = '', name = ''] = rest.split('/');
  const cluster = context.state.clusters.get(clusterName);
  if (kind !== 'task-definition' && cluster?.status !== 'ACTIVE')
    throw new CloudError('ClusterNotFoundException', 'Cluster not found.');
  const resource = {
    cluster: () => cluster,
    service: () => cluster?.services.get(name),
    task: () => cluster?.tasks.get(name),
    'task-definition': () => definitionFor(context, rest),
  }[kind as 'cluster' | 'service' | 'task' | 'task-definition']();
  if (resource === undefined) throw CloudError.invalid('The specified resource was not found.');
  return resource.tags;
}
