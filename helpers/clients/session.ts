import type { SessionState } from '../platform/sessions/states.ts';
import { type ApiRequest, ApiFailure, type ApiResponse, call, request } from './api.ts';
import type { Measure } from './experiments.ts';
import { until } from '../lib/until.ts';

const api = '/hermes/api';
/** Milliseconds for an answer: who asks for a session or has something done in it may have to wait for a container. */
const patience = 60_000;

export interface ActivatedSession {
  readonly sessionId: string;
  readonly previewUrl: string;
  readonly status: SessionState;
  readonly threadId: string;
}

export interface SessionStatus {
  readonly status: SessionState;
  /** Why it ended, or is about to. */
  readonly reason: string | null;
  readonly containerIp: string | null;
  readonly lastActivity: string;
  readonly previewUrl: string;
  readonly threadId: string;
}

export interface WorkspaceCommit {
  readonly oid: string;
  readonly subject: string;
  readonly trailers: Readonly<Record<string, string>>;
}

/** Somebody who may have a session, and a token that says so. */
export interface SessionUser {
  readonly clientId: string;
  readonly userId: string;
  readonly token: string;
}

/** One session, as its user sees it. Every method asks the platform. */
export class Session {
  readonly id: string;
  readonly user: SessionUser;
  /** Opens the preview: whoever has it sees the pages. */
  readonly previewUrl: string;
  readonly threadId: string;
  readonly #url: string;
  readonly #measure: Measure;

  private constructor(
    url: string,
    user: SessionUser,
    { sessionId, previewUrl, threadId }: ActivatedSession,
    measure: Measure,
  ) {
    this.#url = url;
    this.user = user;
    this.id = sessionId;
    this.previewUrl = previewUrl;
    this.threadId = threadId;
    this.#measure = measure;
  }

  /** Those of a user that are not over. */
  static async ofUser(url: string, user: SessionUser, measure: Measure = () => undefined): Promise<Session[]> {
    const { sessions } = await call<{ sessions: readonly { readonly sessionId: string; readonly userId: string }[] }>(
      url,
      `${api}/sessions/client/${user.clientId}`,
      { token: user.token },
    );
    return Promise.all(
      sessions
        .filter(({ userId }) => userId === user.userId)
        .map(async ({ sessionId }) => {
          const status = await call<SessionStatus>(url, `${api}/sessions/${sessionId}/status`, { token: user.token });
          return new Session(url, user, { ...status, sessionId }, measure);
        }),
    );
  }

  /** The same session, whose instructions are of another thread. */
  onThread(threadId: string): Session {
    return new Session(
      this.#url,
      this.user,
      { sessionId: this.id, previewUrl: this.previewUrl, status: 'active', threadId },
      this.#measure,
    );
  }

  /** Ends it, whatever state it is in, and returns when it has ended. */
  async end(): Promise<void> {
    await this.deactivate().catch((error: unknown) => {
      if (!(error instanceof ApiFailure) || error.code !== 'CONFLICT') throw error; // it ends already
    });
    await this.waitFor('expired');
  }

  /** Asks for a session, with what is to be done in it. It becomes active by itself. @throws ApiFailure */
  static async activate(
    url: string,
    user: SessionUser,
    instruction?: string,
    measure: Measure = () => undefined,
  ): Promise<Session> {
    const { clientId, userId, token } = user;
    const start = performance.now();
    const answer = await call<ActivatedSession>(url, `${api}/sessions/activate`, {
      method: 'POST',
      token,
      timeout: patience,
      body: { clientId, userId, ...(instruction === undefined ? {} : { instruction }) },
    });
    measure('session.activate', performance.now() - start, 'ms');
    return new Session(url, user, answer, measure);
  }

  /** What opens the preview. */
  get key(): string {
    return new URL(this.previewUrl).searchParams.get('key') ?? '';
  }

  /** The cookie that a browser has once it has opened the preview. */
  get cookie(): string {
    return `preview-key=${this.key}`;
  }

  /** Something of its preview, as a browser gets it. */
  get(path: string): Promise<ApiResponse> {
    return request(this.#url, `/session/${this.id}${path}`, { headers: { cookie: this.cookie } });
  }

  status(): Promise<SessionStatus> {
    return this.#call(`${api}/sessions/${this.id}/status`);
  }

  keepalive(): Promise<{ readonly ttl: number; readonly status: SessionState }> {
    return this.#call(`${api}/sessions/${this.id}/keepalive`, { method: 'POST' });
  }

  deactivate(): Promise<{ readonly status: SessionState; readonly message: string }> {
    return this.#call(`${api}/sessions/${this.id}/deactivate`, { method: 'POST' });
  }

  /**
   * Waits until it is in this state. @throws Error at the deadline, or when it can be so no more: with what it is, and
   * why.
   */
  async waitFor(status: SessionState, timeout = 60_000): Promise<void> {
    const start = performance.now();
    const states: readonly SessionState[] = ['initializing', 'active', 'draining', 'expired'];
    await until(
      async () => {
        const found = await this.status();
        if (states.indexOf(found.status) > states.indexOf(status))
          throw new Error(
            `Session ${this.id} is ${found.status} (${found.reason ?? 'no reason'}), and was to be ${status}`,
          );
        return found.status === status ? found : undefined;
      },
      timeout,
      () => `session ${this.id} to be ${status}`,
    );
    this.#measure(`session.${status}`, performance.now() - start, 'ms');
  }

  /** Has something done, and returns when it is. @throws ApiFailure when it is refused. */
  execute(instruction: string): Promise<{
    readonly commit: string;
    readonly path: string;
    readonly files: readonly string[];
    readonly interrupted: boolean;
  }> {
    const { clientId, userId } = this.user;
    return this.api('/api/execute', {
      method: 'POST',
      body: { instruction, clientId, userId, threadId: this.threadId },
    });
  }

  /** The commits of its branch, newest first. */
  async log(): Promise<readonly WorkspaceCommit[]> {
    return (await this.api<{ commits: WorkspaceCommit[] }>(`/api/git/log?thread=${this.threadId}`)).commits;
  }

  /** A request to the API of its container. @throws ApiFailure */
  api<Body>(path: string, options: ApiRequest = {}): Promise<Body> {
    return this.#call(path, { ...options, headers: { ...options.headers, 'x-session-id': this.id } });
  }

  /** Any request in the name of its user; returns the answer whatever it is. */
  send(path: string, options: ApiRequest = {}): Promise<ApiResponse> {
    return request(this.#url, path, { token: this.user.token, ...options });
  }

  #call<Body>(path: string, options: ApiRequest = {}): Promise<Body> {
    return call(this.#url, path, { token: this.user.token, timeout: patience, ...options });
  }
}
