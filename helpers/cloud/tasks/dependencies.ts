import type { ContainerDependency } from '@aws-sdk/client-ecs';
import type { CloudClock } from '../clock.ts';
import type { Container } from '../state.ts';
import { startOrder } from './start-order.ts';

type Condition = ContainerDependency['condition'];

/** Whether a container that others depend on has become what they wait for. */
export interface StartConditions {
  isMet(container: Container, condition: Condition): boolean;
}

export const startConditions: StartConditions = { isMet };

/** What the containers of a task wait for in each other, by `dependsOn` of their definitions. */
export class Dependencies {
  /** The containers, each after those that it depends on. */
  readonly order: readonly Container[];
  readonly #clock: CloudClock;
  readonly #conditions: StartConditions;
  readonly #isOver: () => boolean;
  readonly #waiting = new Set<() => void>();

  /** @param isOver whether the task is to end. */
  constructor(
    containers: readonly Container[],
    { clock, startConditions: conditions }: { readonly clock: CloudClock; readonly startConditions: StartConditions },
    isOver: () => boolean,
  ) {
    this.order = startOrder(containers, ({ definition }) => definition)!;
    this.#clock = clock;
    this.#conditions = conditions;
    this.#isOver = isOver;
  }

  /** To be called when a container has ended, its health has changed, or the task is to end. */
  changed(): void {
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }

  /**
   * Resolves when a container may start, or its task is to end.
   * @throws Error when it never may, or not within the `startTimeout` of what it waits for.
   */
  async met({ definition: { name, dependsOn = [] } }: Container): Promise<void> {
    for (const { containerName, condition } of dependsOn) {
      const other = this.#find(containerName);
      const { startTimeout } = other.definition;
      let isLate = false;
      const callOff =
        startTimeout === undefined
          ? undefined
          : this.#clock.after(startTimeout * 1000, () => {
              isLate = true;
              this.changed();
            });
      while (!this.#conditions.isMet(other, condition) && !this.#isOver()) {
        if (isLate || isImpossible(other, condition))
          throw new Error(`The container ${name} cannot start: ${containerName} has not become ${condition}`);
        await new Promise<void>((resolve) => {
          this.#waiting.add(resolve);
        });
      }
      callOff?.();
    }
  }

  /** Ends each started container when those that depend on it have ended. */
  async inReverse(end: (container: Container) => Promise<void>): Promise<void> {
    const ends = new Map<Container, Promise<unknown>>();
    for (const container of this.order.toReversed()) {
      const isDependent = ({ definition: { dependsOn = [] } }: Container): boolean =>
        dependsOn.some(({ containerName }) => containerName === container.definition.name);
      const dependents = [...ends].filter(([other]) => isDependent(other)).map(([, ended]) => ended);
      ends.set(
        container,
        Promise.all(dependents).then(() => end(container)),
      );
    }
    await Promise.all(ends.values());
  }

  #find(wanted: string | undefined): Container {
    return this.order.find(({ definition }) => definition.name === wanted)!;
  }
}

function isMet({ running, exitCode, health }: Container, condition: Condition): boolean {
  if (condition === 'COMPLETE') return exitCode !== undefined;
  if (condition === 'SUCCESS') return exitCode === 0;
  return condition === 'HEALTHY' ? health === 'HEALTHY' : running !== undefined;
}

function isImpossible({ exitCode, health }: Container, condition: Condition): boolean {
  if (condition === 'SUCCESS') return exitCode !== undefined && exitCode !== 0;
  return condition === 'HEALTHY' && (exitCode !== undefined || health === 'UNHEALTHY');
}
