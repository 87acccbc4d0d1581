import type { Tag } from '@aws-sdk/client-ecs';
import { CloudError } from './errors.ts';

export type Tags = Map<string, string>;

const most = 50;

/** @throws CloudError when the service does not allow them. */
export function readTags(tags: readonly Tag[] | undefined): Tags {
  const read: Tags = new Map();
  for (const { key = '', value = '' } of tags ?? []) {
    if (key.length < 1 || key.length > 128)
      throw CloudError.invalid('Tag keys must have between 1 and 128 characters.');
    if (value.length > 256) throw CloudError.invalid('Tag values must have at most 256 characters.');
    if (/^aws:/i.test(key)) throw CloudError.invalid('Tag keys must not begin with aws:, which is reserved.');
    if (read.has(key)) throw CloudError.invalid(`Tag keys must be unique, and there are two of '${key}'.`);
    read.set(key, value);
  }
  return checkCount(read);
}

/** @throws CloudError when there are too many. */
export function addTags(tags: Tags, more: Tags): void {
  checkCount(new Map([...tags, ...more]));
  for (const [key, value] of more) tags.set(key, value);
}

export function showTags(tags: Tags): Tag[] {
  return [...tags].map(([key, value]) => ({ key, value }));
}

function checkCount(tags: Tags): Tags {
  if (tags.size > most) throw CloudError.invalid(`A resource has at most ${most} tags.`);
  return tags;
}
