import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** A TCP port that a process listens on. */
export interface ListeningPort {
  readonly port: number;
  readonly pid: number;
}

const listening = '0A';

/**
 * The TCP ports that these processes and their descendants listen on. Only on Linux, by `/proc` (proc_net_tcp), and
 * only for processes that the caller may inspect.
 */
export function listeningPorts(roots: readonly number[]): ListeningPort[] {
  const portOf = new Map(
    ['tcp', 'tcp6'].flatMap((name) =>
      read(`/proc/net/${name}`)
        .split('\n')
        .slice(1)
        .flatMap((line): [string, number][] => {
          const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
          return state === listening ? [[`socket:[${inode}]`, Number.parseInt(local.split(':')[1]!, 16)]] : [];
        }),
    ),
  );
  return withDescendants(roots).flatMap((pid) =>
    socketsOf(pid).flatMap((socket) => (portOf.has(socket) ? [{ pid, port: portOf.get(socket)! }] : [])),
  );
}

/** Processes with all that they have started, and so on. Only on Linux. */
export function withDescendants(roots: readonly number[]): number[] {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), parent: Number(/^PPid:\s+(\d+)$/m.exec(read(`/proc/${name}/status`))?.[1]) }));
  const found = new Set(roots);
  for (let before = 0; before < found.size;) {
    before = found.size;
    for (const { pid, parent } of parents) if (found.has(parent)) found.add(pid);
  }
  return [...found];
}

function socketsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((name) => {
      try {
        return [readlinkSync(`/proc/${pid}/fd/${name}`)];
      } catch {
        return []; // closed meanwhile
      }
    });
  } catch {
    return []; // ended meanwhile
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // the process has ended
  }
}
