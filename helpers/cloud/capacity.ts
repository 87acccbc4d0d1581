import type { CapacityProviderStrategyItem } from '@aws-sdk/client-ecs';
import { CloudError } from './errors.ts';
import type { Cluster, Launch, Task } from './state.ts';

export type Strategy = readonly CapacityProviderStrategyItem[];

/** Chooses where the capacity of tasks comes from. */
export interface Capacity {
  /** What a request without a launch type uses: its own strategy, or the cluster's default one. */
  strategyOf(wanted: Strategy, cluster: Pick<Cluster, 'defaultStrategy'>): Strategy;
  /**
   * How the next task is launched: the base first, and then the provider that is furthest behind its weight.
   * @param others the tasks that are there already.
   */
  next(strategy: Strategy | undefined, others: readonly Pick<Task, 'launch'>[]): Launch;
}

export const capacity: Capacity = {
  strategyOf: (wanted, { defaultStrategy }) => (wanted.length > 0 ? wanted : defaultStrategy),
  next: nextLaunch,
};

/** The capacity providers that every account has; here there are no others. */
export const fargateProviders: readonly string[] = ['FARGATE', 'FARGATE_SPOT'];

const [mostItems, mostWeight, mostBase] = [20, 1_000, 100_000];

/** @throws CloudError when there is none of these names. */
export function checkProviders(names: readonly string[]): void {
  const unknown = names.find((name) => !fargateProviders.includes(name));
  if (unknown !== undefined)
    throw CloudError.invalid(
      `The specified capacity provider '${unknown}' was not found. Specify a valid capacity provider and try again.`,
    );
}

/** @param available the providers of the cluster. @throws CloudError */
export function checkStrategy(strategy: Strategy, available: readonly string[]): void {
  const names = strategy.map(({ capacityProvider = '' }) => capacityProvider);
  if (strategy.length > mostItems)
    throw CloudError.invalid(`A capacity provider strategy can have at most ${mostItems} items.`);
  if (new Set(names).size < names.length)
    throw CloudError.invalid('A capacity provider strategy cannot contain the same capacity provider twice.');
  checkProviders(names);
  if (names.some((name) => !available.includes(name))) {
    throw CloudError.invalid(
      'The specified capacity provider strategy cannot contain a capacity provider that is not associated with the ' +
        'cluster. Associate the capacity provider with the cluster and try again.',
    );
  }
  for (const { weight = 0, base = 0 } of strategy) {
    if (weight < 0 || weight > mostWeight || base < 0 || base > mostBase)
      throw CloudError.invalid(`A weight is between 0 and ${mostWeight}, and a base between 0 and ${mostBase}.`);
  }
  if (strategy.filter(({ base = 0 }) => base > 0).length > 1)
    throw CloudError.invalid('Only one capacity provider in a capacity provider strategy can have a base.');
  if (strategy.length > 1 && strategy.every(({ weight = 0 }) => weight === 0))
    throw CloudError.invalid('A capacity provider strategy must contain a capacity provider with a weight over 0.');
}

function nextLaunch(strategy: Strategy | undefined, others: readonly Pick<Task, 'launch'>[]): Launch {
  if (strategy === undefined) return { launchType: 'FARGATE' };
  const placed = (provider: string | undefined): number =>
    others.filter(({ launch }) => 'capacityProviderName' in launch && launch.capacityProviderName === provider).length;
  const owed = strategy.find(({ base = 0, capacityProvider }) => placed(capacityProvider) < base);
  const load = ({ capacityProvider, base = 0, weight = 0 }: CapacityProviderStrategyItem): number =>
    (placed(capacityProvider) - base + 1) / weight; // infinite without a weight
  const chosen = owed ?? strategy.toSorted((a, b) => load(a) - load(b))[0]!;
  return { capacityProviderName: chosen.capacityProvider! };
}
