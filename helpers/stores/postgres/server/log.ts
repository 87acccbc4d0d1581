import { existsSync, readFileSync } from 'node:fs';

/** The line in which a program says why it gave up. */
export function lastComplaint(words: string): string {
  const lines = words.trim().split('\n');
  const complaint =
    lines.find((line) => line.includes('could not bind')) ??
    lines.findLast((line) => /FATAL|PANIC|cannot|No space/i.test(line)) ??
    lines.at(-1);
  return complaint === undefined || complaint === '' ? 'it said nothing' : withoutPrefix(complaint);
}

/** Why a server does not answer any more, if its log tells: who is killed cannot say so. */
export function stopReason(log: string | undefined): string | undefined {
  const lines = log !== undefined && existsSync(log) ? readFileSync(log, 'utf8').split('\n') : [];
  const complaint =
    lines.findLast((line) => line.includes('PANIC:')) ??
    lines.findLast((line) => /was terminated by (signal|exception)|shutdown request/.test(line));
  return complaint === undefined ? undefined : withoutPrefix(complaint);
}

/** Without the time, the process and the level. */
function withoutPrefix(line: string): string {
  return line.replace(/^.*?(LOG|FATAL|PANIC):\s*/, '').replace(/\.$/, '');
}
