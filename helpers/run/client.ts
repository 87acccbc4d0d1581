import { request } from 'node:http';
import { EnvironmentUnavailable } from '../lib/environment.ts';
import { shortage } from '../lib/shortage.ts';
import { RunFolder } from './folder.ts';

interface Answer {
  readonly connection?: unknown;
  readonly error?: string;
  readonly unavailable?: boolean;
}

/** Requests a service, which the first request starts. @throws EnvironmentUnavailable with the run's message. */
export async function requestService<Connection>(runFolder: string | undefined, name: string): Promise<Connection> {
  if (runFolder === undefined)
    throw new Error('No run is open in this worker: ask for servers by a fixture, which opens one.');
  const answer = await exchange(new RunFolder(runFolder).socket, `/services/${name}`);
  if (answer.error === undefined) return answer.connection as Connection;
  throw answer.unavailable === true ? new EnvironmentUnavailable(answer.error) : new Error(answer.error);
}

/** Undefined for an error of another kind. */
function hasEnded(error: NodeJS.ErrnoException): EnvironmentUnavailable | undefined {
  if (!['ENOENT', 'ECONNREFUSED'].includes(error.code ?? '')) return undefined;
  return new EnvironmentUnavailable(
    `This worker's run has ended, or its folder was removed (${error.message}): run the tests again.`,
  );
}

function exchange(socketPath: string, path: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    request({ socketPath, path, method: 'POST', agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        body += chunk;
      });
      response.once('end', () => resolve(JSON.parse(body) as Answer)).once('error', reject);
    })
      .once('error', (error) => reject(shortage(error) ?? hasEnded(error) ?? error))
      .end();
  });
}
