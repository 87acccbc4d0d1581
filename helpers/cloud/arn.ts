import { randomBytes, randomUUID } from 'node:crypto';
import { CloudError } from './errors.ts';

/** The region and account that resources belong to. */
export interface Owner {
  readonly region: string;
  /** Twelve digits. */
  readonly account: string;
}

export function arnOf({ region, account }: Owner, ...path: readonly (string | number)[]): string {
  return `arn:aws:ecs:${region}:${account}:${path.join('/')}`;
}

/** The parts of an ARN's path: `['task', 'main', '0123…']`. @throws CloudError when it is not of this owner. */
export function pathIn(arn: string, { region, account }: Owner): string[] {
  const [, service, itsRegion, itsAccount, path = ''] = /^arn:aws:([^:]*):([^:]*):([^:]*):(.+)$/.exec(arn) ?? [];
  if (service !== 'ecs') throw invalidIdentifier('It is no ARN of ECS.');
  if (itsRegion !== region) throw invalidIdentifier(`Identifier is for ${itsRegion}. Your region is ${region}`);
  if (itsAccount !== account)
    throw invalidIdentifier(`Identifier is for account ${itsAccount}. Your account is ${account}`);
  return path.split('/');
}

/** Reads how requests refer to resources. */
export interface Identifiers {
  /**
   * The name or id of a resource, from itself or from its ARN.
   * @param kind the first part of the ARN's path, before the cluster's name if there is one.
   * @throws CloudError when the ARN is of something else, or of another region, account or cluster.
   */
  nameIn(reference: string, owner: Owner, kind: string, cluster?: string): string;
}

export const identifiers: Identifiers = { nameIn };

function nameIn(reference: string, owner: Owner, kind: string, cluster?: string): string {
  if (!reference.startsWith('arn:')) {
    if (reference.includes('/')) throw invalidIdentifier('Unexpected number of separators');
    return reference;
  }
  const [itsKind, ...rest] = pathIn(reference, owner);
  const name = rest.at(-1) ?? '';
  if (itsKind !== kind) throw invalidIdentifier(`Identifier is for ${itsKind}, and ${kind} is expected`);
  if (rest.length !== (cluster === undefined ? 1 : 2)) throw invalidIdentifier('Unexpected number of separators');
  if (cluster !== undefined && rest[0] !== cluster)
    throw invalidIdentifier(`Identifier is for cluster ${rest[0]}. Your cluster is ${cluster}`);
  return name;
}

function invalidIdentifier(reason: string): CloudError {
  return CloudError.invalid(`Invalid identifier: ${reason}`);
}

/** 32 hexadecimal digits, like the ids of tasks. */
export function taskId(): string {
  return randomUUID().replaceAll('-', '');
}

/** In the service's format: `ecs-svc/` and 19 digits. */
export function deploymentId(): string {
  return `ecs-svc/${digits(19)}`;
}

/** This many random digits, the first of which is not 0. */
export function digits(count: number): string {
  const random = randomBytes(count);
  return random.reduce((text, byte, place) => text + (place === 0 ? 1 + (byte % 9) : byte % 10), '');
}
