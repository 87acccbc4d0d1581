import { expect, test } from '../../../testing/index.ts';
import { hashText } from './hash.ts';
import { hostInventory } from './host-inventory.ts';
import { criticalProcesses, type LoadProfile, loadProfiles, type ProcessSample, simulate } from './index.ts';

const scrape = (
  profile: LoadProfile,
  tick: number,
  { seed = 'seed', node = 'node-1', count = 100 } = {},
): ProcessSample[] => simulate({ profile, process_count: count }, seed, node, tick);
const names = (samples: readonly ProcessSample[]): string[] => samples.map(({ process }) => process);
const isMalformed = ({ cpu, memory }: ProcessSample): boolean => !(cpu >= 0) || !(memory >= 0);
const ticks = Array.from({ length: 20 }, (_, tick) => tick);

for (const profile of loadProfiles) {
  test.describe(profile, () => {
    test('a simulation depends on its seed and node only', () => {
      const samples = scrape(profile, 7);
      expect(scrape(profile, 7)).toEqual(samples);
      expect(scrape(profile, 7, { seed: 'other' })).not.toEqual(samples);
      expect(scrape(profile, 7, { node: 'node-2' }).map(({ cpu }) => cpu)).not.toEqual(samples.map(({ cpu }) => cpu));
    });

    test('no process appears twice on a node', () => {
      for (const tick of ticks) {
        const samples = scrape(profile, tick, { count: 1000 });
        expect(new Set(names(samples)).size).toBe(samples.length);
      }
    });

    test('every critical process is present, as far as a small host has room', () => {
      for (const tick of ticks) {
        for (const count of [criticalProcesses.length, 20, 1000])
          expect(names(scrape(profile, tick, { count }))).toEqual(expect.arrayContaining([...criticalProcesses]));
      }
      expect(names(scrape(profile, 0, { count: 3 }))).toEqual(criticalProcesses.slice(0, 3));
    });

    test('critical processes alone have critical priority', () => {
      expect(names(scrape(profile, 0).filter(({ priority }) => priority === 'critical'))).toEqual(criticalProcesses);
    });
  });
}

test('a simulated host runs what real hosts run', () => {
  expect(names(scrape('realistic', 0, { count: 30 }))).toEqual([
    'postgres',
    'nginx',
    'redis-server',
    'java',
    'node',
    'worker-5',
    'sidecar-envoy-6',
    'worker-7',
    'cron-backup',
    'worker-9',
    'systemd',
    'sidecar-envoy-11',
    'sshd',
    'worker-13',
    'python3',
    'cron-logrotate',
    'containerd',
    'worker-17',
    'rsyslogd',
    'sidecar-envoy-19',
    'chronyd',
    'worker-21',
    'dbus-daemon',
    'batch-import-23',
    'gunicorn',
    'worker-25',
    'java-app-26',
    'sidecar-envoy-27',
    'systemd-journald',
    'worker-29',
  ]);
});

test('realistic: the same processes all the time, half of them of low priority, with varying usage', () => {
  const first = scrape('realistic', 0);
  expect(first.filter(({ priority }) => priority === 'low')).toHaveLength(50);
  for (const tick of ticks.slice(1)) {
    const samples = scrape('realistic', tick);
    expect(names(samples)).toEqual(names(first));
    expect(
      samples.filter(({ cpu, memory }, index) => cpu === first[index]!.cpu || memory === first[index]!.memory),
    ).toEqual([]);
    // A value stays within a fifth of its mean.
    expect(
      samples.filter(({ cpu }, index) => cpu / first[index]!.cpu > 1.2 / 0.8 || cpu / first[index]!.cpu < 0.8 / 1.2),
    ).toEqual([]);
  }
});

test('high-cardinality: nodes share no process names and more processes have low priority', () => {
  const [here, there] = [scrape('high-cardinality', 0), scrape('high-cardinality', 0, { node: 'node-2' })];
  const shared = new Set(names(here));
  expect(names(there).filter((name) => shared.has(name))).toEqual(criticalProcesses);
  expect(here.filter(({ priority }) => priority === 'low')).toHaveLength(75);
  expect(names(scrape('high-cardinality', 1))).toEqual(names(here));
});

test('spike: twice the processes in three ticks of ten', () => {
  const calm = names(scrape('spike', 0));
  for (const tick of ticks) {
    const isHigh = [3, 4, 5].includes(tick % 10);
    const now = names(scrape('spike', tick));
    expect(now).toHaveLength(isHigh ? 200 : 100);
    expect(now.slice(0, 100)).toEqual(calm);
  }
});

test('steady: nothing changes', () => {
  for (const tick of ticks) expect(scrape('steady', tick)).toEqual(scrape('steady', 0));
});

test('a process uses what its kind uses, and at a tick at most a fifth more or less', () => {
  const kinds = hostInventory(1000, 0.5);
  const steady = scrape('steady', 0, { count: 1000 });
  const isWithin = (value: number, [from, to]: readonly [number, number]): boolean => value >= from && value <= to;
  expect(
    steady.filter(({ cpu, memory }, i) => !isWithin(cpu, kinds[i]!.cpu) || !isWithin(memory, kinds[i]!.memory)),
  ).toEqual([]);
  const now = scrape('realistic', 0, { count: 1000 });
  for (const key of ['cpu', 'memory'] as const)
    expect(now.filter((sample, i) => !isWithin(sample[key] / steady[i]![key], [0.8, 1.2]))).toEqual([]);
});

test("a text's hash is that of FNV-1a", () => {
  // From the authors' test vectors.
  expect(['', 'a', 'foobar'].map(hashText)).toEqual([0x811c9dc5, 0xe40c292c, 0xbf9cf968]);
});

test('high-churn: a share of the low-priority processes is new at every tick', () => {
  const before = ticks.map((tick) => names(scrape('high-churn', tick)));
  for (const tick of ticks.slice(1)) {
    const seen = new Set(before.slice(0, tick).flat());
    const fresh = scrape('high-churn', tick).filter(({ process }) => !seen.has(process));
    expect(fresh.length).toBeGreaterThanOrEqual(8); // about 15: 30 % of 50
    expect(fresh.length).toBeLessThanOrEqual(24);
    expect(fresh.filter(({ priority }) => priority !== 'low')).toEqual([]);
    expect(before[tick]).toHaveLength(100);
  }
});

test('chaos: about two of a hundred samples are malformed, in every way', () => {
  const samples = ticks.flatMap((tick) => scrape('chaos', tick, { count: 1000 }));
  const malformed = samples.filter(isMalformed);
  expect(malformed.length / samples.length).toBeGreaterThan(0.015);
  expect(malformed.length / samples.length).toBeLessThan(0.025);
  for (const of of [({ cpu }: ProcessSample) => cpu, ({ memory }: ProcessSample) => memory]) {
    expect(malformed.filter((sample) => Number.isNaN(of(sample))).length).toBeGreaterThan(0);
    expect(malformed.filter((sample) => of(sample) < 0).length).toBeGreaterThan(0);
  }
});

test('no other profile has malformed samples', () => {
  for (const profile of loadProfiles.filter((other) => other !== 'chaos'))
    expect(ticks.flatMap((tick) => scrape(profile, tick)).filter(isMalformed)).toEqual([]);
});

test('an impossible number of processes is refused', () => {
  expect(scrape('realistic', 0, { count: 1 })).toHaveLength(1);
  for (const count of [0, -1, 1.5, 1001, Number.NaN])
    expect(() => scrape('realistic', 0, { count })).toThrow(
      new RangeError(`A node has 1 to 1000 processes, not ${count}.`),
    );
});
