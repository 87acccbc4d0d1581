import { createHmac, timingSafeEqual } from 'node:crypto';

/** The header with the key of a container. */
export const keyHeader = 'x-workspace-key';

/** What opens the container of a task, to whoever knows the platform's secret. One task's key opens no other. */
export function workspaceKey(secret: string, task: string): string {
  return createHmac('sha256', secret).update(task).digest('base64url');
}

/** Who is let into a container: Hermes and the router are, and nobody past them. */
export interface Door {
  isOpenTo(given: string | undefined, key: string): boolean;
}

export const door: Door = {
  isOpenTo(given = '', key) {
    const [one, other] = [Buffer.from(given), Buffer.from(key)];
    return one.length === other.length && timingSafeEqual(one, other);
  },
};
