import { createHmac, timingSafeEqual } from 'node:crypto';

/** The header with the key of a container. */
export const keyHeader = 'x-workspace-key';

/** The key of a task's container, derived from the platform's secret. Each task has a different one. */
export function workspaceKey(secret: string, task: string): string {
  return createHmac('sha256', secret).update(task).digest('base64url');
}

/** Decides which requests a container accepts: those of Hermes and the router. */
export interface Door {
  isOpenTo(given: string | undefined, key: string): boolean;
}

export const door: Door = {
  isOpenTo(given = '', key) {
    const [one, other] = [Buffer.from(given), Buffer.from(key)];
    return one.length === other.length && timingSafeEqual(one, other);
  },
};
