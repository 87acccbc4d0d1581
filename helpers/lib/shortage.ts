import { EnvironmentUnavailable, messageOf } from './environment.ts';

const disk = 'free some disk space, or point PROVING_GROUND_FOLDER at a folder with more room';

/** What mends it when the system refuses something, by the code of its refusal (`errno.h`). */
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
 * The error as one sentence when the machine has run out of something: disk space, processes, open files, memory. Also
 * one that a library has wrapped, by what it says. Undefined when it is another.
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
