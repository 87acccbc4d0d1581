import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { commandLine, isAlive } from '../processes/index.ts';

/** A process and the arguments that it was started with, as one line. */
export interface ProcessLine {
  readonly pid: number;
  readonly line: string;
}

/** The living processes whose arguments mention `text`. */
export function processesMentioning(text: string): ProcessLine[] {
  return all().filter(({ pid, line }) => line.includes(text) && pid !== process.pid && isAlive(pid));
}

function all(): ProcessLine[] {
  if (existsSync('/proc/self/cmdline')) return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map((pid) => ({ pid: Number(pid), line: commandLine(Number(pid)) }));
  const table = execFileSync('ps', ['-axww', '-o', 'pid=,args='], { encoding: 'utf8' });
  return table.trim().split('\n').map((row) => ({ pid: Number.parseInt(row, 10), line: row.trim().replace(/^\d+\s+/, '') }));
}
