import type { Tag, Task } from '@aws-sdk/client-ecs';

/**
 * The tags of tasks for as long as a client lives: ECS deletes those of a task that ends, so that whose it was is known
 * only to who has seen it before.
 */
export class TagMemory {
  readonly #tags = new Map<string, readonly Tag[]>();

  /** The tasks as they were described; those that end have the tags that they had before, too. */
  complete(tasks: readonly Task[]): Task[] {
    return tasks.map((task) => {
      const { taskArn = '', desiredStatus } = task;
      const before = desiredStatus === 'STOPPED' ? this.#tags.get(taskArn) : undefined;
      const tags = withTags(before, task.tags);
      this.#tags.set(taskArn, tags);
      return { ...task, tags };
    });
  }
}

/** The tags of both; where both have a key, the value of the second. */
export function withTags(first: readonly Tag[] = [], second: readonly Tag[] = []): Tag[] {
  return [...new Map([...first, ...second].map((tag) => [tag.key, tag])).values()];
}
