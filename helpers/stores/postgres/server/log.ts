import { existsSync, readFileSync } from 'node:fs';

/** The line in which a program reports why it ended. */
export function lastComplaint(words: string): string {
  const lines = words.trim().split('\n');
  const complaint =
    lines.find((line) => line.includes('could not bind')) ??
    lines.findLast((line) => /FATAL|PANIC|cannot|No space/i.test(line)) ??
    lines.at(-1);
  return complaint === undefined || complaint === '' ? 'it said nothing' : withoutPrefix(complaint);
}

/** Why a server has ended, if its log says; a killed server cannot log anything. */
export function stopReason(log: string | undefined): string | undefined {
  const lines = log !== undefined && existsSync(log) ? readFileSync(log, 'utf8').split('\n') : [];
  const complaint =
    lines.findLast((line) => line.includes('PANIC:')) ??
    lines.findLast((line) => /was terminated by (signal|exception)|shutdown request/.test(line));
  return complaint === undefined ? undefined : withoutPrefix(complaint);
}

/** The line without time, process and level. */
function withoutPrefix(line: string): string {
  return line.replace(/^.*?(LOG|FATAL|PANIC):\s*/, '').replace(/\.$/, '');
}
