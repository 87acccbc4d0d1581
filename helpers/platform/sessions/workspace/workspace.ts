import { realpath } from 'node:fs/promises';
import type { Identity } from './admission.ts';
import { WorkspaceError } from './errors.ts';
import type { WorkspaceParts } from './parts.ts';
import { realFolder, workspacePath } from './paths.ts';
import type { Preview } from './preview/index.ts';
import type { LoggedCommit, Repository } from './repository.ts';
import { Site } from './site/site.ts';
import { Turns } from './turns.ts';

/** Of one instruction, in bytes of UTF-8. */
const longestInstruction = 64 * 1024;
/** Commits that are told at once. */
const longestLog = 1_000;

export interface InitRequest extends Identity {
  /** The path under which the site is shown; begins and ends with a slash. */
  readonly base: string;
}

export interface ExecuteRequest extends Omit<Identity, 'sessionId'> {
  readonly instruction: string;
}

/** What an instruction came to. */
export interface Executed {
  readonly commit: string;
  /** Files that it changed, from the site's folder. */
  readonly files: readonly string[];
  /** Where to see it, under the site's address. */
  readonly path: string;
  readonly interrupted: boolean;
}

/** A session that is open. */
interface Session {
  readonly identity: InitRequest;
  readonly repository: Repository;
  readonly site: Site;
  readonly preview: Preview;
}

/** What a container holds: nothing at first, then the site of one session. */
export class Workspace {
  readonly #root: string;
  readonly #parts: WorkspaceParts;
  readonly #started: number;
  readonly #turns = new Turns();
  #asked: InitRequest | undefined;
  #opening: Promise<Session> | undefined;
  #session: Session | undefined;
  #lastInstruction: string | null = null;

  /** @param root the volume's folder. */
  constructor(root: string, parts: WorkspaceParts) {
    this.#root = root;
    this.#parts = parts;
    this.#started = parts.clock.now().getTime();
  }

  /** Of the session that is open. */
  get sessionId(): string | null {
    return this.#session?.identity.sessionId ?? null;
  }

  /** What shows the site, if this is a path of it. */
  previewAt(pathname: string): Preview | undefined {
    return this.#session !== undefined && pathname.startsWith(this.#session.identity.base) ? this.#session.preview : undefined;
  }

  /**
   * Opens a session: the user's site as it was left, on the branch of the thread. For the session that is open already
   * there is nothing to do.
   * @throws WorkspaceError when another one is open, or what is asked names no workspace.
   */
  async init(request: InitRequest): Promise<{ readonly sessionId: string; readonly branch: string; readonly head: string }> {
    const names = workspacePath(request.clientId, request.userId);
    const admitted = this.#parts.admission.admit(this.#asked, request);
    if (admitted === 'other') throw new WorkspaceError('CONFLICT', `This container works for the session ${this.#asked!.sessionId}, on the thread ${this.#asked!.threadId}`);
    if (admitted === 'first') {
      this.#asked = request;
      this.#opening = this.#open(names, request);
    }
    try {
      this.#session = await this.#opening!;
    } catch (error) {
      this.#asked = undefined; // so that it can be tried again
      throw error;
    }
    const { repository } = this.#session;
    return { sessionId: request.sessionId, branch: repository.branch, head: await repository.head() };
  }

  /**
   * Carries out an instruction and commits what it changed. One that is under way is interrupted.
   * @throws WorkspaceError when it is not this session's, or cannot be done.
   */
  async execute({ instruction, ...asked }: ExecuteRequest): Promise<Executed> {
    if (Buffer.byteLength(instruction) > longestInstruction) throw new WorkspaceError('PAYLOAD_TOO_LARGE', `An instruction has at most ${longestInstruction} bytes`);
    const { identity, repository, site } = this.#opened();
    const { editor, pace, admission, commitMessages } = this.#parts;
    if (!admission.mayInstruct(identity, asked)) throw new WorkspaceError('FORBIDDEN', 'This session belongs to another user');
    if (identity.threadId !== asked.threadId) throw new WorkspaceError('CONFLICT', `This session works on the thread ${identity.threadId}`);
    const action = editor.understand(instruction);
    return this.#turns.take(async (signal) => {
      this.#lastInstruction = instruction;
      if ((await repository.currentBranch()) !== repository.branch) throw new WorkspaceError('CONFLICT', 'Another session has switched this workspace to its own thread');
      const { files, path, interrupted } = await editor.carryOut(action, site, pace, signal);
      const commit = await repository.commit(commitMessages.compose(instruction, { threadId: identity.threadId, interrupted }), files);
      return { commit, files, path, interrupted };
    });
  }

  /** Ends what is under way, which commits what it has done. Returns whether something was left undone. */
  interrupt(): Promise<boolean> {
    return this.#turns.interrupt();
  }

  /** Uptime in seconds. */
  async status(): Promise<object> {
    const repository = this.#session?.repository;
    return {
      sessionId: this.sessionId,
      busy: this.#turns.busy,
      branch: repository?.branch ?? null,
      head: (await repository?.head()) ?? null,
      uptime: (this.#parts.clock.now().getTime() - this.#started) / 1000,
      lastInstruction: this.#lastInstruction,
    };
  }

  async log(): Promise<{ readonly branch: string; readonly commits: readonly LoggedCommit[] }> {
    const { repository } = this.#opened();
    return { branch: repository.branch, commits: await repository.log(longestLog) };
  }

  async changes(): Promise<{ readonly branch: string; readonly changed: readonly string[] }> {
    const { repository } = this.#opened();
    return { branch: repository.branch, changed: await repository.changed() };
  }

  /** Ends cleanly: what is under way is committed. */
  async close(): Promise<void> {
    await this.interrupt();
    await this.#session?.preview.close();
  }

  async #open(names: readonly string[], identity: InitRequest): Promise<Session> {
    const { repositories, developmentServer, commitMessages, clock } = this.#parts;
    const root = await realpath(this.#root);
    const folder = await realFolder(root, names.slice(0, -1), true).then((user) => realFolder(user, names.slice(-1)));
    const repository = await repositories.open({
      folder,
      branch: identity.threadId,
      clock,
      autoCommit: (branch) => commitMessages.compose('What a session that broke off has left', { threadId: branch, interrupted: true }),
    });
    const preview = await developmentServer.start({ folder, base: identity.base });
    return { identity, repository, preview, site: new Site(folder, repository.files, () => preview.changed()) };
  }

  #opened(): Session {
    if (this.#session === undefined) throw new WorkspaceError('CONFLICT', 'No session is open yet: POST /api/init first');
    return this.#session;
  }
}
