import type { CapacityProviderStrategyItem, LaunchType } from '@aws-sdk/client-ecs';

/** With the defaults of weights and bases. */
export function presentStrategy(strategy: readonly CapacityProviderStrategyItem[]): CapacityProviderStrategyItem[] {
  return strategy.map((item) => ({ weight: 0, base: 0, ...item }));
}

/** A launch type, or the strategy that a service has instead of one. */
export function presentLaunch({
  launchType,
  capacityProviderStrategy = [],
}: {
  readonly launchType?: LaunchType | undefined;
  readonly capacityProviderStrategy?: readonly CapacityProviderStrategyItem[] | undefined;
}): { launchType: LaunchType } | { capacityProviderStrategy: CapacityProviderStrategyItem[] } {
  return launchType === undefined
    ? { capacityProviderStrategy: presentStrategy(capacityProviderStrategy) }
    : { launchType };
}
