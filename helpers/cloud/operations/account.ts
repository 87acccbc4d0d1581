import { SettingName, type CapacityProviderType, type Setting, type SettingType } from '@aws-sdk/client-ecs';
import { fargateProviders } from '../capacity.ts';
import { arnOf } from '../arn.ts';
import { CloudError } from '../errors.ts';
import { findActiveCluster, findAll } from '../lookup.ts';
import { checkEnum } from '../wire/enums.ts';
import type { Operation } from './operation.ts';

/** The settings of an account that has changed none of them. */
const defaults: Readonly<Record<SettingName, string>> = {
  awsvpcTrunking: 'disabled',
  containerInsights: 'disabled',
  containerInstanceLongArnFormat: 'enabled',
  defaultLogDriverMode: 'non-blocking',
  fargateEventWindows: 'disabled',
  fargateFIPSMode: 'disabled',
  fargateTaskRetirementWaitPeriod: '7',
  guardDutyActivate: 'off',
  serviceLongArnFormat: 'enabled',
  tagResourceAuthorization: 'off',
  taskLongArnFormat: 'enabled',
};

/** Without `effectiveSettings` only what was changed is listed, and here nothing can be. */
export const listAccountSettings: Operation<'listAccountSettings'> = (
  { name, value, principalArn, effectiveSettings = false, ...page },
  context,
) => {
  const { account } = context;
  checkEnum('name', name, SettingName);
  const root = `arn:aws:iam::${account}:root`;
  if (principalArn !== undefined && !principalArn.startsWith(`arn:aws:iam::${account}:`))
    throw CloudError.invalid('Invalid principalArn.');
  const settings = Object.entries(defaults)
    .map(([one, its]): Setting => ({ name: one as SettingName, value: its, principalArn: root, type: typeOf(one) }))
    .filter(
      (setting) =>
        effectiveSettings &&
        (name === undefined || setting.name === name) &&
        (value === undefined || setting.value === value),
    );
  const { items, nextToken } = context.parts.paging.page(settings, page, {
    most: 10,
    placeOf: (setting) => [setting.name!],
  });
  return { settings: items, nextToken };
};

/** AWS itself manages one of them. */
function typeOf(name: string): SettingType {
  return name === 'guardDutyActivate' ? 'aws_managed' : 'user';
}

/** Those of every account; here there are no others. */
export const describeCapacityProviders: Operation<'describeCapacityProviders'> = (
  { capacityProviders, cluster, ...page },
  context,
) => {
  const available = cluster === undefined ? fargateProviders : findActiveCluster(context, cluster).capacityProviders;
  const { found, failures } = findAll(
    context,
    capacityProviders ?? available,
    (reference) =>
      available.find((name) => name === context.parts.identifiers.nameIn(reference, context, 'capacity-provider')),
    'capacity-provider',
  );
  const { items, nextToken } = context.parts.paging.page(found, page, { placeOf: (name) => [name] });
  return {
    capacityProviders: items.map((name) => ({
      capacityProviderArn: arnOf(context, 'capacity-provider', name),
      name,
      status: 'ACTIVE' as const,
      type: name as CapacityProviderType,
      tags: [],
    })),
    failures,
    nextToken,
  };
};
