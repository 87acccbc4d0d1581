import type { StoredSession } from '../store/session-store.ts';
import { keyHeader, workspaceKey } from '../workspace/index.ts';
import { Refusal } from './refusal.ts';

/** A workspace's answer to an executed instruction. */
export interface Outcome {
  readonly commit: string;
  /** The changed page's path, from the preview's root. */
  readonly path: string;
  readonly interrupted: boolean;
}

export interface Owner {
  readonly clientId: string;
  readonly userId: string;
  readonly threadId: string;
}

/** Statuses of a workspace for instructions that can never be executed; others may differ next time. */
const final = new Set([400, 413, 422]);

/** A container's address and key. */
export interface Place {
  readonly address: string;
  readonly key: string;
}

/** The container of a session that has one. */
export function placeOf({ address, task }: Pick<StoredSession, 'address' | 'task'>, secret: string): Place {
  return { address: address!, key: workspaceKey(secret, task!) };
}

/** The client of workspaces' containers. */
export interface Containers {
  /** Opens a user's workspace in a container; idempotent. @throws Error when the container cannot be reached. */
  init(place: Place, session: string, owner: Owner): Promise<void>;
  /**
   * Executes an instruction, which interrupts a running one. The same id is executed once.
   * @throws Refusal when it cannot be executed.
   * @throws Error when the container cannot be reached, or ends.
   */
  execute(place: Place, owner: Owner, id: string, instruction: string): Promise<Outcome>;
}

const patience = { init: 20_000, execute: 300_000 };

export const containers: Containers = {
  async init(place, sessionId, owner) {
    await post(place, '/api/init', { sessionId, ...owner }, patience.init);
  },

  execute: (place, owner, instructionId, instruction) =>
    post<Outcome>(place, '/api/execute', { instructionId, instruction, ...owner }, patience.execute),
};

async function post<Answer>({ address, key }: Place, path: string, body: object, timeout: number): Promise<Answer> {
  const response = await fetch(`${address}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', [keyHeader]: key },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(timeout),
  });
  const answer = (await response.json()) as Answer & { success: boolean; error?: { message: string } };
  if (final.has(response.status)) throw new Refusal(answer.error?.message ?? 'The workspace refused');
  if (!response.ok) throw new Error(`A workspace answered with ${response.status}: ${answer.error?.message ?? ''}`);
  return answer;
}
