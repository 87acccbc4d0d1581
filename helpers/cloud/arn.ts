import { randomBytes, randomUUID } from 'node:crypto';

/** The region and account that resources belong to. */
export interface Owner {
  readonly region: string;
  /** Twelve digits. */
  readonly account: string;
}

export function arnOf({ region, account }: Owner, ...path: readonly (string | number)[]): string {
  return `arn:aws:ecs:${region}:${account}:${path.join('/')}`;
}

/** The last part of an ARN's path; a name is returned unchanged. */
export function nameIn(reference: string): string {
  return reference.slice(reference.lastIndexOf('/') + 1);
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
