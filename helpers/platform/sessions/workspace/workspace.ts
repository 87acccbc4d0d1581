import { realpath } from 'node:fs/promises';
import type { Identity } from './workspace-owner.ts';
import type { Action } from './editor/index.ts';
import { WorkspaceError } from './errors.ts';
import type { WorkspaceParts } from './parts.ts';
import { realFolder } from './paths.ts';
import type { Preview } from './preview/index.ts';
import type { LoggedCommit, Repository } from './repository.ts';
import { Site } from './site/site.ts';
import { InstructionQueue } from './instruction-queue.ts';

/** The most bytes of one instruction, in UTF-8. */
const longestInstruction = 64 * 1024;
/** The most commits in one answer. */
const longestLog = 1_000;

export interface InitRequest extends Identity {
  /** The path under which the site is shown; begins and ends with a slash. */
  readonly base: string;
}

export interface ExecuteRequest extends Omit<Identity, 'sessionId'> {
  readonly instruction: string;
  /** An id is executed once on a thread. */
  readonly instructionId: string | undefined;
}

/** The outcome of an instruction. */
export interface InstructionResult {
  readonly commit: string;
  /** The changed files, relative to the site's folder. */
  readonly files: readonly string[];
  /** The page to look at, relative to the site's address. */
  readonly path: string;
  readonly interrupted: boolean;
}

interface Session {
  readonly identity: InitRequest;
  readonly folder: string;
  readonly repository: Repository;
  readonly site: Site;
  readonly preview: Preview;
}

/** The workspace of a container: empty at first, then the site of one session. */
export class Workspace {
  readonly #root: string;
  readonly #parts: WorkspaceParts;
  readonly #started: number;
  readonly #turns = new InstructionQueue();
  #asked: InitRequest | undefined;
  #opening: Promise<void> | undefined;
  #session: Session | undefined;
  /** The running instructions, by their ids. */
  readonly #executions = new Map<string, Promise<InstructionResult>>();
  #lastInstruction: string | null = null;

  /** @param root the volume's folder. */
  constructor(root: string, parts: WorkspaceParts) {
    this.#root = root;
    this.#parts = parts;
    this.#started = parts.clock.now().getTime();
  }

  /** The id of the open session. */
  get sessionId(): string | null {
    return this.#session?.identity.sessionId ?? null;
  }

  /** The preview, for a path below the site's base. */
  previewAt(pathname: string): Preview | undefined {
    return this.#session !== undefined && pathname.startsWith(this.#session.identity.base)
      ? this.#session.preview
      : undefined;
  }

  /**
   * Opens a session: the user's site as it was left, on the branch of the thread. Has no effect for the session that is
   * already open.
   * @throws WorkspaceError when another session is open, or the request names no valid workspace.
   */
  async init(
    request: InitRequest,
  ): Promise<{ readonly sessionId: string; readonly branch: string; readonly head: string }> {
    const { admission, volume } = this.#parts;
    const names = volume.pathOf(request.clientId, request.userId);
    const admitted = admission.admit(this.#asked, request);
    if (admitted === 'other')
      throw new WorkspaceError('CONFLICT', `This container works for the session ${this.#asked!.sessionId}`);
    if (admitted === 'first') {
      this.#asked = request;
      this.#opening = this.#open(names, request).then((session) => {
        this.#session = session;
      });
    }
    try {
      await this.#opening!;
    } catch (error) {
      this.#asked = undefined; // so that it can be retried
      throw error;
    }
    const { repository } = this.#opened(); // it may be on another thread by now
    return { sessionId: request.sessionId, branch: repository.branch, head: await repository.head() };
  }

  /**
   * Executes an instruction on its thread and commits its changes. Interrupts a running one.
   * @throws WorkspaceError when it does not belong to this session, or cannot be executed.
   */
  async execute(request: ExecuteRequest): Promise<InstructionResult> {
    const { instruction, instructionId } = request;
    if (Buffer.byteLength(instruction) > longestInstruction)
      throw new WorkspaceError('PAYLOAD_TOO_LARGE', `An instruction has at most ${longestInstruction} bytes`);
    const { editor, admission } = this.#parts;
    if (!admission.mayInstruct(this.#opened().identity, request))
      throw new WorkspaceError('FORBIDDEN', 'This session belongs to another user');
    const underWay = instructionId === undefined ? undefined : this.#executions.get(instructionId);
    if (underWay !== undefined) return underWay;
    const action = editor.understand(instruction);
    const execution = this.#turns.take((signal) => this.#carryOut(request, action, signal));
    if (instructionId === undefined) return execution;
    this.#executions.set(instructionId, execution);
    try {
      return await execution;
    } finally {
      this.#executions.delete(instructionId);
    }
  }

  /** Ends the running instruction, which commits its work. Returns whether it was left unfinished. */
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

  async log(thread?: string): Promise<{ readonly branch: string; readonly commits: readonly LoggedCommit[] }> {
    const { repository } = this.#opened();
    return { branch: thread ?? repository.branch, commits: await repository.log(longestLog, thread) };
  }

  async changes(): Promise<{ readonly branch: string; readonly changed: readonly string[] }> {
    const { repository } = this.#opened();
    return { branch: repository.branch, changed: await repository.changed() };
  }

  /** Ends the running instruction, which commits its work. */
  async close(): Promise<void> {
    await this.interrupt();
    await this.#session?.preview.close();
  }

  async #carryOut(
    { instruction, instructionId, threadId }: ExecuteRequest,
    action: Action,
    signal: AbortSignal,
  ): Promise<InstructionResult> {
    const { editor, pace, commitMessages } = this.#parts;
    const { repository, site } = await this.#onThread(threadId);
    const done =
      instructionId === undefined
        ? undefined
        : (await repository.log(longestLog)).find(({ trailers }) => trailers['Instruction-ID'] === instructionId);
    if (done !== undefined)
      return {
        commit: done.oid,
        files: await repository.changedBy(done.oid),
        path: done.trailers['Shown-At'] ?? '/',
        interrupted: done.trailers['Interrupted'] !== undefined,
      };
    this.#lastInstruction = instruction;
    // If this process is killed, the instruction is repeated with the same id.
    if (instructionId !== undefined) await repository.begin(instructionId);
    try {
      const { files, path, interrupted } = await editor.carryOut(action, site, pace, signal);
      const commit = await repository.commit(
        commitMessages.compose(instruction, { threadId, instructionId, path, interrupted }),
        files,
      );
      return { commit, files, path, interrupted };
    } finally {
      await repository.end();
    }
  }

  /** The session with this thread's branch checked out. */
  async #onThread(threadId: string): Promise<Session> {
    const session = this.#opened();
    if ((await session.repository.currentBranch()) !== session.repository.branch)
      throw new WorkspaceError('CONFLICT', 'Another session has switched this workspace to its own thread');
    if (session.repository.branch === threadId) return session;
    const { folder, preview } = session;
    this.#session = { ...session, ...siteIn(folder, await this.#checkOut(folder, threadId), preview) };
    preview.changed();
    return this.#session;
  }

  #checkOut(folder: string, branch: string): Promise<Repository> {
    const { repositories, commitMessages, clock } = this.#parts;
    return repositories.open({
      folder,
      branch,
      clock,
      autoCommit: (current) =>
        commitMessages.compose('What a session that broke off has left', { threadId: current, interrupted: true }),
    });
  }

  async #open(names: readonly string[], identity: InitRequest): Promise<Session> {
    const { developmentServer } = this.#parts;
    const root = await realpath(this.#root);
    const folder = await realFolder(root, names.slice(0, -1), true).then((user) => realFolder(user, names.slice(-1)));
    const repository = await this.#checkOut(folder, identity.threadId);
    const preview = await developmentServer.start({ folder, base: identity.base });
    return { identity, folder, preview, ...siteIn(folder, repository, preview) };
  }

  #opened(): Session {
    if (this.#session === undefined)
      throw new WorkspaceError('CONFLICT', 'No session is open yet: POST /api/init first');
    return this.#session;
  }
}

function siteIn(folder: string, repository: Repository, preview: Preview): Pick<Session, 'repository' | 'site'> {
  return { repository, site: new Site(folder, repository.files, () => preview.changed()) };
}
