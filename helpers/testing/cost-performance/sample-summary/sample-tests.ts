import { sum } from 'd3-array';
import type { Summary } from '../../../../reporters/cost-performance/summary/summary-schema.ts';
import { latencies, randomFrom } from '../random.ts';

type Test = Summary['all'][number];
type Attempt = Test['attempts'][number];

const kinds = [
  {
    area: 'databases',
    count: 64,
    median: 260,
    setUp: 0.35,
    waiting: 0.02,
    taskPrice: 0,
    files: ['postgres/snapshots', 'postgres/isolation', 'clickhouse/queries', 'both/consistency'],
  },
  {
    area: 'experiments',
    count: 52,
    median: 1100,
    setUp: 0.2,
    waiting: 0.5,
    taskPrice: 0,
    files: ['lifecycle', 'tenants', 'updates', 'recovery'],
  },
  {
    area: 'sessions',
    count: 34,
    median: 2600,
    setUp: 0.3,
    waiting: 0.4,
    taskPrice: 0.000_35,
    files: ['cold-start', 'routing', 'persistence', 'instructions'],
  },
] as const;

const titles = [
  'restoring covers sequences',
  'a named snapshot is a place to come back to',
  'deleting every user stays in this test',
  'a test reads back what it writes',
  "one tenant cannot touch another's experiment",
  'a paused experiment makes no progress until it is resumed',
  'a reconnecting client continues where its connection broke',
  'an email becomes a page, and the idle session scales to zero',
  'a title with <script>alert(1)</script> & "quotes" is a title, and nothing else',
  'every path is routed to its target',
  'the next container finds the files of the one before',
];

const errors: Readonly<Record<number, string>> = {
  71: 'expect(received).toBe(expected): Expected: "completed", Received: "analyzing" | after 10 s',
  118: 'expect(locator).toBeVisible(): heading "Test Page" did not come within 30 s',
  133: 'Environment unavailable: the mail server at 127.0.0.1 <refused> the connection',
};
const flaky = 98;

/**
 * Distributes the tests over two shards with two lanes each, as workers do: the next test goes to the first free lane.
 * @param times how many times as many as the usual 150 there are.
 */
export function sampleTests(times = 1): Test[] {
  const random = randomFrom(7);
  const free = [0, 0, 350, 350].map((base) => base + 900);
  return kinds
    .flatMap((kind) => Array.from({ length: kind.count * times }, () => kind))
    .map((kind, index): Test => {
      const id = `${(index * 7919 + 1_000_003).toString(16)}-${index}`;
      const isSkipped = index % 40 === 17;
      const failed = errors[index] !== undefined;
      const attempt = (status: Attempt['status'], error?: string): Attempt => {
        const lane = free.indexOf(Math.min(...free));
        const [typical] = latencies(random, 1, kind.median, 0.7) as [number];
        const duration = isSkipped ? 0 : typical + (free[lane]! < 1500 ? kind.median * 2 : 0);
        const startedAt = free[lane]!;
        free[lane] = startedAt + duration + (failed ? 1200 : 6);
        return {
          status,
          shard: lane < 2 ? 1 : 2,
          lane: lane % 2,
          startedAt,
          duration,
          setUp: duration * kind.setUp,
          isRepeated: false,
          steps: stepsOf(duration, error),
          ...(error === undefined ? {} : evidenceOf(error)),
        };
      };
      const attempts = isSkipped
        ? [attempt('skipped')]
        : failed
          ? [attempt('failed', errors[index]), attempt(index === 118 ? 'timedOut' : 'failed', errors[index])]
          : index === flaky
            ? [attempt('failed', 'WebSocket closed before the first event'), attempt('passed')]
            : [attempt('passed')];
      const duration = sum(attempts, (each) => each.duration);
      const setUp = sum(attempts, (each) => each.setUp);
      const waiting = duration * kind.waiting;
      const price = (part: number): number => part * 1.3e-7 + (isSkipped ? 0 : kind.taskPrice);
      return {
        id,
        area: kind.area,
        file: `specs/${kind.area}/${kind.files[index % kind.files.length]}.spec.ts`,
        line: 4 + ((index * 13) % 160),
        tags: index % 10 === 0 ? ['@slow'] : [],
        annotations: index % 50 === 0 ? [{ type: 'issue', description: 'of 12 October' }] : [],
        title: `${titles[index % titles.length]} (${index + 1})`,
        outcome: isSkipped ? 'skipped' : failed ? 'failed' : index === flaky ? 'flaky' : 'passed',
        remark: isSkipped ? '' : `${Math.round(random() * 400)} rows · p95 ${Math.round(3 + random() * 60)} ms`,
        time: { setUp, waiting, teardown: duration * 0.06, test: duration - setUp - waiting - duration * 0.06 },
        cost: {
          spent: 0,
          notional: price(duration),
          wastedByRetries: attempts.length > 1 ? price(attempts[0]!.duration) : 0,
        },
        attempts: attempts.map((each, place) => ({ ...each, isRepeated: place < attempts.length - 1 })),
      };
    });
}

function stepsOf(duration: number, error: string | undefined): NonNullable<Attempt['steps']> {
  return [
    {
      title: 'Before Hooks',
      duration: duration * 0.3,
      steps: [{ title: 'Fixture "postgres"', duration: duration * 0.2 }],
    },
    { title: 'POST "/api/v1/experiments"', duration: duration * 0.1, place: 'specs/experiments/lifecycle.spec.ts:14' },
    { title: 'Expect "toReach"', duration: duration * 0.5, ...(error === undefined ? {} : { failed: true }) },
    { title: 'After Hooks', duration: duration * 0.1 },
  ];
}

function evidenceOf(error: string): Pick<Attempt, 'error' | 'errors' | 'attachments' | 'output'> {
  return {
    error,
    errors: [
      `${error}\n\n  12 | await expect(experiment).toReach('completed');\n     |                          ^\n\n    at a.spec.ts:12`,
    ],
    attachments: [
      { name: 'trace', contentType: 'application/zip', href: 'data/0f.zip' },
      { name: 'screenshot', contentType: 'image/png', href: 'data/1a.png' },
    ],
    output: 'the platform listens\nthe platform ends',
  };
}
