import { EnvironmentUnavailable, messageOf } from './environment.ts';

const disk = 'free some disk space, or point PROVING_GROUND_FOLDER at a folder with more room';

/** How to mend a refusal by the system, by its error code (`errno.h`). */
const mends: Readonly<Record<string, string>> = {
  ENOSPC: disk,
  EDQUOT: disk,
  EROFS: 'point PROVING_GROUND_FOLDER at a folder that can be written',
  EAGAIN: 'raise the limit of processes (ulimit -u, or that of the container), or use fewer --workers',
  EMFILE: 'raise the limit of open files (ulimit -n), or use fewer --workers',
  ENFILE: "raise the machine's limit of open files, or use fewer --workers",
  ENOMEM: 'free some memory, or use fewer --workers',
};

/**
 * The error as one sentence when the machine has run out of disk space, processes, open files or memory; undefined for
 * other errors. Recognizes errors that a library has wrapped by their message.
 */
export function shortage(error: unknown): EnvironmentUnavailable | undefined {
  if (error instanceof EnvironmentUnavailable) return error;
  const message = messageOf(error);
  const code = (error as NodeJS.ErrnoException | undefined)?.code ?? '';
  const mend = mends[code] ?? mends[/\b(ENOSPC|EDQUOT|EROFS|EAGAIN|EMFILE|ENFILE|ENOMEM)\b/.exec(message)?.[1] ?? ''];
  return mend === undefined
    ? undefined
    : new EnvironmentUnavailable(
        `This machine has reached a limit (${message.split('\n')[0]!.replace(/\.$/, '')}): ${mend}.`,
      );
}
