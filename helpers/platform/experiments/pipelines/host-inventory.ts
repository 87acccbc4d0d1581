/** How important a process is to a platform's owner, the most important first. */
export const priorities = ['critical', 'high', 'low'] as const;
export type Priority = (typeof priorities)[number];

/** Processes of one kind. CPU in percent and memory in MB, as ranges with most values near the lower end. */
interface Kind {
  /** The names of the first processes of this kind on a host; further ones have the last name with a number. */
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

/** The main services of a host, which run on every one. */
const essentials: readonly Kind[] = [
  { names: ['postgres'], category: 'database', priority: 'critical', cpu: [15, 40], memory: [800, 4000] },
  { names: ['nginx'], category: 'web', priority: 'critical', cpu: [6, 20], memory: [80, 200] },
  { names: ['redis-server'], category: 'cache', priority: 'critical', cpu: [3, 12], memory: [250, 1000] },
  { names: ['java'], category: 'runtime', priority: 'critical', cpu: [20, 60], memory: [1000, 4000] },
  { names: ['node'], category: 'runtime', priority: 'critical', cpu: [8, 30], memory: [200, 800] },
];

/** Idle most of the time, but essential. */
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

/** The order in which processes are added to larger hosts, repeatedly: the system's own first. */
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

/** This many processes of low priority follow the essentials, so that even the smallest host has some. */
const firstUnimportant = 5;

/** The names of the processes that matter on every host, the most important first. */
export const criticalProcesses: readonly string[] = essentials.map(({ names }) => names[0]);

/**
 * The processes of a host, in a fixed order: a smaller host has the first ones of a larger one. From ten processes on,
 * `lowShare` of them have low priority. All hosts have the same mix, like hosts of one image and orchestrator, but
 * different usage.
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

/** The index makes the number unique on the host. */
function nameOf(names: readonly [string, ...string[]], place: number, index: number): string {
  return place < names.length - 1 ? names[place]! : `${names.at(-1)!}-${index}`;
}
