import { randomBytes } from 'node:crypto';

/** The outcome of a command. */
export interface CommandResult {
  /** What it has written, errors included: the service gives it a terminal. */
  readonly output: string;
  /** Undefined when it has not come to its end, for example because its container has ended. */
  readonly exitCode: number | undefined;
}

/** A command as it is to be run, and how its outcome is read from what that writes. */
export interface TellingCommand {
  readonly command: string;
  read(written: string): CommandResult;
}

const separator = '\u001E';

/** The same command, which no shell reads, started by a shell that tells its exit code at the end. */
export function tellExitCode(command: string): TellingCommand {
  const mark = randomBytes(8).toString('hex');
  const end = new RegExp(`^([\\s\\S]*)${separator}${mark}:(\\d+)$`);
  return {
    command: `sh -c '"$@"; printf "\\036${mark}:%d" "$?"' sh ${command}`,
    read(written) {
      const [, output = written, exitCode] = end.exec(written) ?? [];
      return {
        output: output.replaceAll('\r\n', '\n'),
        exitCode: exitCode === undefined ? undefined : Number(exitCode),
      };
    },
  };
}
