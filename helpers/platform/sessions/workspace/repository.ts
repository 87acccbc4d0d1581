import path from 'node:path';
import git from 'isomorphic-git';
import type { Clock } from '../../../lib/clock.ts';
import { WholeFiles } from './files.ts';
import { parseMessage } from './message.ts';
import { ensureProject, mainBranch } from './project.ts';
import { begin, end, type Git, isChanged, recover, stage, switchTo } from './recovery.ts';

/** A commit, as `GET /api/git/log` shows it. */
export interface LoggedCommit {
  readonly oid: string;
  readonly subject: string;
  readonly trailers: Readonly<Record<string, string>>;
  /** ISO 8601. */
  readonly date: string;
}

/** The git repository of a site, on the branch of one thread. */
export interface Repository {
  readonly branch: string;
  /** Writes files of the site atomically. */
  readonly files: WholeFiles;
  head(): Promise<string>;
  /** The current branch, which another session may have switched. */
  currentBranch(): Promise<string | undefined>;
  /** Records that an instruction begins: if this process is killed before {@link end}, the next opening undoes it. */
  begin(instruction: string): Promise<void>;
  /** Records that it is committed or has changed nothing. */
  end(): Promise<void>;
  /** Commits these added, changed or removed files. Returns the new commit's id. */
  commit(message: string, files: readonly string[]): Promise<string>;
  /** The latest commits of a branch (default: its own), or of the branch that it would begin from, newest first. */
  log(limit: number, branch?: string): Promise<LoggedCommit[]>;
  /** The files that a commit changed. */
  changedBy(commit: string): Promise<string[]>;
  /** Files that differ from the last commit. */
  changed(): Promise<string[]>;
}

export interface RepositoryOptions {
  /** The site's folder; created from the template when it does not exist. */
  readonly folder: string;
  readonly branch: string;
  readonly clock: Clock;
  /** The commit message for changes of a killed predecessor. */
  readonly autoCommit: (branch: string) => string;
}

export interface Repositories {
  /** Opens a repository, in whatever state a killed predecessor has left it. */
  open(options: RepositoryOptions): Promise<Repository>;
}

/** By isomorphic-git, because containers have no git binary. */
export const repositories: Repositories = {
  async open({ folder: dir, branch, clock, autoCommit }) {
    const author = () => ({
      name: 'Workspace',
      email: 'workspace@localhost',
      timestamp: Math.floor(clock.now().getTime() / 1000),
      timezoneOffset: 0,
    });
    await ensureProject(dir, author());
    const files = new WholeFiles(path.join(dir, '.git', 'unfinished'));
    await files.clear();
    const repository: Git = { fs: files.fileSystem, dir, cache: {} };
    await recover(repository, (current) =>
      git.commit({ ...repository, author: author(), message: autoCommit(current) }),
    );
    await switchTo(repository, branch, mainBranch);

    return {
      branch,
      files,
      head: () => git.resolveRef({ ...repository, ref: branch }),
      currentBranch: async () => (await git.currentBranch(repository)) ?? undefined,
      begin: (instruction) => begin(repository, instruction),
      end: () => end(repository),
      async commit(message, changed) {
        await stage(repository, changed);
        return git.commit({ ...repository, author: author(), message });
      },
      async log(limit, of = branch) {
        const exists = (await git.listBranches(repository)).includes(of);
        const entries = await git.log({ ...repository, ref: exists ? of : mainBranch, depth: limit });
        return entries.map(({ oid, commit }) => ({
          oid,
          ...parseMessage(commit.message),
          date: new Date(commit.committer.timestamp * 1000).toISOString(),
        }));
      },
      async changedBy(ref) {
        const { commit } = await git.readCommit({ ...repository, oid: ref });
        return (await git.walk({
          ...repository,
          trees: [git.TREE({ ref: commit.parent[0]! }), git.TREE({ ref })],
          map: async (file, [one, other]) =>
            (await one?.oid()) === (await other?.oid())
              ? null
              : (await (one ?? other)!.type()) === 'blob'
                ? file
                : undefined,
        })) as string[];
      },
      async changed() {
        return (await git.statusMatrix(repository)).filter(isChanged).map(([file]) => file);
      },
    };
  },
};
