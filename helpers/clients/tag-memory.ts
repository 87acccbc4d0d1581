import type { Tag, Task } from '@aws-sdk/client-ecs';

/**
 * The tags of tasks for as long as a client lives: ECS deletes those of a task that is stopped, so that whose it was is
 * known only to who has seen it before.
 */
export class TagMemory {
  readonly #tags = new Map<string, readonly Tag[]>();

  /** The tasks as they were described, and where they have no tags, with those that they had before. */
  complete(tasks: readonly Task[]): Task[] {
    return tasks.map((task) => {
      const { taskArn = '', tags = [] } = task;
      if (tags.length > 0) this.#tags.set(taskArn, tags);
      return { ...task, tags: [...(this.#tags.get(taskArn) ?? [])] };
    });
  }
}
