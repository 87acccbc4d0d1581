/** How much a platform's owner would miss a process, the most first. */
export const priorities = ['critical', 'high', 'low'] as const;
export type Priority = (typeof priorities)[number];

/**
 * Processes of one sort. CPU in percent, memory in MB: between which two values one is, most of them near the lower.
 */
interface Kind {
  /** The first processes of this kind on a host; those after them have the last of these names and a number. */
  readonly names: readonly [string, ...string[]];
  readonly category: string;
  readonly priority: Priority;
  readonly cpu: readonly [from: number, to: number];
  readonly memory: readonly [from: number, to: number];
}

/** One process of a host. */
export interface Resident extends Omit<Kind, 'names'> {
  readonly name: string;
}

/** What a host is there for; these run on every one. */
const essentials: readonly Kind[] = [
  { names: ['postgres'], category: 'database', priority: 'critical', cpu: [15, 40], memory: [800, 4000] },
  { names: ['nginx'], category: 'web', priority: 'critical', cpu: [6, 20], memory: [80, 200] },
  { names: ['redis-server'], category: 'cache', priority: 'critical', cpu: [3, 12], memory: [250, 1000] },
  { names: ['java'], category: 'runtime', priority: 'critical', cpu: [20, 60], memory: [1000, 4000] },
  { names: ['node'], category: 'runtime', priority: 'critical', cpu: [8, 30], memory: [200, 800] },
];

/** Idle for most of the time, and missed at once when one is gone. */
const daemon: Kind = {
  names: [
    'systemd',
    'sshd',
    'containerd',
    'rsyslogd',
    'chronyd',
    'dbus-daemon',
    'systemd-journald',
    'crond',
    'dockerd',
    'kworker',
  ],
  category: 'system',
  priority: 'high',
  cpu: [0.1, 2],
  memory: [5, 70],
};
const script: Kind = {
  names: ['python3', 'python3'],
  category: 'runtime',
  priority: 'high',
  cpu: [0.5, 3],
  memory: [30, 80],
};
const server: Kind = {
  names: ['gunicorn', 'puma', 'gunicorn'],
  category: 'web',
  priority: 'high',
  cpu: [7, 25],
  memory: [120, 500],
};
const virtualMachine: Kind = {
  names: ['java-app'],
  category: 'runtime',
  priority: 'high',
  cpu: [5, 40],
  memory: [500, 2000],
};
const cache: Kind = {
  names: ['memcached', 'memcached'],
  category: 'cache',
  priority: 'high',
  cpu: [1, 6],
  memory: [200, 1000],
};

const worker: Kind = { names: ['worker'], category: 'worker', priority: 'low', cpu: [0.2, 3], memory: [20, 75] };
const sidecar: Kind = {
  names: ['sidecar-envoy'],
  category: 'sidecar',
  priority: 'low',
  cpu: [0.1, 1.5],
  memory: [20, 60],
};
const job: Kind = {
  names: ['cron-backup', 'cron-logrotate', 'batch-job'],
  category: 'batch',
  priority: 'low',
  cpu: [0.1, 2],
  memory: [10, 70],
};
const heavyJob: Kind = {
  names: ['batch-import'],
  category: 'batch',
  priority: 'low',
  cpu: [8, 30],
  memory: [100, 600],
};

/** In which order processes come as a host runs more of them, over and over: first what the system needs itself. */
const important: readonly Kind[] = [
  daemon,
  daemon,
  script,
  daemon,
  daemon,
  daemon,
  daemon,
  server,
  virtualMachine,
  daemon,
  cache,
  daemon,
];
const unimportant: readonly Kind[] = [
  worker,
  sidecar,
  worker,
  job,
  worker,
  sidecar,
  worker,
  job,
  worker,
  sidecar,
  worker,
  heavyJob,
];

/** So many processes of low priority come right after the essentials: even the smallest host runs some. */
const firstUnimportant = 5;

/** The names of the processes that matter on every host, the most important first. */
export const criticalProcesses: readonly string[] = essentials.map(({ names }) => names[0]);

/**
 * What a host runs, in a fixed order: whatever the number of processes is, it has the first so many of these. From ten
 * on, `lowShare` of them are of low priority. The mix is the same on all hosts, as it is on those that one image and
 * one orchestrator made; what each process uses is not.
 */
export function hostInventory(length: number, lowShare: number): Resident[] {
  const seen = new Map<Kind, number>();
  let low = 0;
  return Array.from({ length }, (_, index) => {
    const isLow =
      index < essentials.length + firstUnimportant
        ? index >= essentials.length
        : low < Math.floor((index + 1) * lowShare);
    const others = index - essentials.length - low;
    const kind = isLow
      ? unimportant[low % unimportant.length]!
      : (essentials[index] ?? important[others % important.length]!);
    if (isLow) low += 1;
    const place = seen.get(kind) ?? 0;
    seen.set(kind, place + 1);
    const { names, ...rest } = kind;
    return { ...rest, name: essentials.includes(kind) ? names[0] : nameOf(names, place, index) };
  });
}

/** The index makes a number that no other process of the host has. */
function nameOf(names: readonly [string, ...string[]], place: number, index: number): string {
  return place < names.length - 1 ? names[place]! : `${names.at(-1)!}-${index}`;
}
