import { pathIn } from '../arn.ts';
import type { CloudContext } from '../cloud-context.ts';
import { CloudError } from '../errors.ts';
import { definitionFor, serviceFor, taskFor } from '../lookup.ts';
import type { Cluster } from '../state.ts';
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
  if (!arn.startsWith('arn:')) throw CloudError.invalid('Invalid resource ARN.');
  const [kind = '', clusterName = ''] = pathIn(arn, context);
  const find: Readonly<Record<string, (cluster: Cluster) => { readonly tags: Tags } | undefined>> = {
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
  return resource.tags;
}
