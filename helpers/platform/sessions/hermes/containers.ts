import type { StoredSession } from '../store/session-store.ts';
import { keyHeader, workspaceKey } from '../workspace/index.ts';
import { Refusal } from './refusal.ts';

/** What a workspace says of an instruction that it carried out. */
export interface Outcome {
  readonly commit: string;
  /** Of the page to look at, from the preview's root. */
  readonly path: string;
  readonly interrupted: boolean;
}

export interface Owner {
  readonly clientId: string;
  readonly userId: string;
  readonly threadId: string;
}

/** Statuses of a workspace for what cannot be done, now or ever. Any other may be different next time. */
const final = new Set([400, 413, 422]);

/** Where a container is, and what lets in. */
export interface Place {
  readonly address: string;
  readonly key: string;
}

/** The container of a session that has one. */
export function placeOf({ address, task }: Pick<StoredSession, 'address' | 'task'>, secret: string): Place {
  return { address: address!, key: workspaceKey(secret, task!) };
}

/** The way to the containers of workspaces. */
export interface Containers {
  /**
   * Opens a user's workspace in an empty container; the same again changes nothing. @throws Error when it cannot be
   * reached.
   */
  init(place: Place, session: string, owner: Owner): Promise<void>;
  /**
   * Carries out an instruction; one that is being carried out is interrupted by it. The same id twice is carried out
   * once.
   * @throws Refusal when it cannot be done.
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
