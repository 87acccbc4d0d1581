import { Readable } from 'node:stream';
import { expect, test } from '../testing/index.ts';
import type { Watched } from './loss.ts';

const running = { State: { Running: true, ExitCode: 0 } };
const refused = () => Promise.reject(new Error('connect ECONNREFUSED /var/run/docker.sock'));
const advice = 'see whether the Docker engine still runs, and start the tests again.';

/** What an engine answers, one after the other; the last answer is repeated. */
function container(
  ...answers: readonly (() => ReturnType<Watched['inspect']>)[]
): Watched & { readonly asked: number } {
  let asked = 0;
  return {
    events: () => Promise.resolve(Readable.from([])), // the connection is cut at once
    inspect: () => answers[Math.min(asked++, answers.length - 1)]!(),
    get asked() {
      return asked;
    },
  };
}

for (const [how, answer, sentence] of [
  [
    'ends',
    () => Promise.resolve({ State: { Running: false, ExitCode: 137 } }),
    `The Docker container of PostgreSQL has gone while the run used it (exit code 137): ${advice}`,
  ],
  [
    'is removed',
    () => Promise.reject(Object.assign(new Error('no such container'), { statusCode: 404 })),
    `The Docker container of PostgreSQL has gone while the run used it (it was removed): ${advice}`,
  ],
  [
    'loses its engine',
    refused,
    'The Docker engine does not answer any more (connect ECONNREFUSED /var/run/docker.sock): see whether it still ' +
      'runs, and start the tests again.',
  ],
] as const) {
  test(`a container that ${how} in a run is lost, in one sentence`, async ({ runParts: { watch } }) => {
    expect(await watch.lossOf('PostgreSQL', container(answer), new AbortController().signal)).toMatchObject({
      name: 'Environment unavailable',
      message: sentence,
    });
  });
}

test('a container is not lost while the engine says that it runs, though the connection was cut', async ({
  runParts: { watch },
}) => {
  const watched = container(() => Promise.resolve(running), refused);
  const lost = await watch.lossOf('PostgreSQL', watched, new AbortController().signal);
  expect(watched.asked).toBe(2);
  expect(lost.message).toContain('The Docker engine does not answer any more');
});

test('a container is not lost when the run itself stops it', async ({ runParts: { watch } }) => {
  const stopped = new AbortController();
  const watched = container(refused);
  stopped.abort();
  const lost = watch.lossOf('PostgreSQL', watched, stopped.signal).then(() => 'lost');
  expect(await Promise.race([lost, new Promise((resolve) => setImmediate(resolve, 'not lost'))])).toBe('not lost');
  expect(watched.asked).toBe(0);
});
