import type { SessionState } from '../platform/sessions/states.ts';
import { type ApiRequest, ApiFailure, type ApiResponse, call, request } from './api.ts';
import type { Measure } from './experiments.ts';
import { until } from '../lib/wait.ts';

const api = '/hermes/api';
/** Milliseconds for an answer, which may have to wait for a container. */
const patience = 60_000;

export interface ActivatedSession {
  readonly sessionId: string;
  readonly previewUrl: string;
  readonly status: SessionState;
  readonly threadId: string;
}

export interface SessionStatus {
  readonly status: SessionState;
  /** Why it has ended or is about to end. */
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

/** A user, with a token for the platform. */
export interface SessionUser {
  readonly clientId: string;
  readonly userId: string;
  readonly token: string;
}

/** One session, as its user sees it. Every method sends a request. */
export class Session {
  readonly id: string;
  readonly user: SessionUser;
  /** The preview's URL, including its key: it opens the pages without a login. */
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

  /** A user's sessions that have not ended. */
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

  /** Ends all that a user has, and returns when they have ended. */
  static async endAll(url: string, user: SessionUser, measure?: Measure): Promise<void> {
    for (const session of await Session.ofUser(url, user, measure)) await session.end();
  }

  /** The same session, with instructions in another thread. */
  onThread(threadId: string): Session {
    return new Session(
      this.#url,
      this.user,
      { sessionId: this.id, previewUrl: this.previewUrl, status: 'active', threadId },
      this.#measure,
    );
  }

  /** Ends the session in any state; resolves when it has ended. */
  async end(): Promise<void> {
    await this.deactivate().catch((error: unknown) => {
      if (!(error instanceof ApiFailure) || error.code !== 'CONFLICT') throw error; // it is ending already
    });
    await this.waitFor('expired');
  }

  /** Requests a session, optionally with a first instruction; it becomes active by itself. @throws ApiFailure */
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

  /** The key of the preview. */
  get key(): string {
    return new URL(this.previewUrl).searchParams.get('key') ?? '';
  }

  /** The cookie that a browser receives when it opens the preview. */
  get cookie(): string {
    return `preview-key=${this.key}`;
  }

  /** Gets a path of the preview with the cookie, like a browser. */
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
   * Waits for a state.
   * @throws Error with the current state and its reason at the deadline, or when the state can no longer be reached.
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

  /** Executes an instruction; resolves when it is done. @throws ApiFailure when it is refused. */
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

  /** Sends a request to the API of its container. @throws ApiFailure */
  api<Body>(path: string, options: ApiRequest = {}): Promise<Body> {
    return this.#call(path, { ...options, headers: { ...options.headers, 'x-session-id': this.id } });
  }

  /** Sends any request with its user's token; returns the answer whatever its status. */
  send(path: string, options: ApiRequest = {}): Promise<ApiResponse> {
    return request(this.#url, path, { token: this.user.token, ...options });
  }

  #call<Body>(path: string, options: ApiRequest = {}): Promise<Body> {
    return call(this.#url, path, { token: this.user.token, timeout: patience, ...options });
  }
}
