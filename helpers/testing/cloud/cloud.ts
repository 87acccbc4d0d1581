import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { ECS, type RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs';
import { type CloudOptions, type LocalCloud, processRunner, startCloud } from '../../cloud/index.ts';
import { withFault } from '../../faults/inject.ts';
import type { Exchange } from './contract.ts';

export interface TestCloud extends AsyncDisposable {
  readonly cloud: LocalCloud;
  readonly ecs: ECS;
  readonly folder: string;
  /** The recorded processes. */
  readonly pids: readonly number[];
  /** The exchanged messages, in the order of the answers. */
  readonly exchanges: readonly Exchange[];
}

const module = fileURLToPath(new URL('program.mjs', import.meta.url));

/** A control plane with a folder of its own, and an SDK client for it. The image `app` is `program.mjs`. */
export async function openTestCloud({
  fault,
  compose = (parts) => parts,
  ...options
}: Partial<CloudOptions> & { readonly fault?: string | undefined } = {}): Promise<TestCloud> {
  const folder = mkdtempSync(path.join(tmpdir(), 'cloud-test-'));
  const pids: number[] = [];
  const exchanges: Exchange[] = [];
  const cloud = await startCloud({
    folder,
    images: { app: { module } },
    taskRunner: processRunner((_, pid) => pids.push(pid)),
    compose: async (parts) => withFault('cloud', await compose(parts), fault),
    ...options,
  });
  const ecs = new ECS({
    endpoint: cloud.endpoint,
    region: cloud.region,
    credentials: cloud.credentials,
    maxAttempts: 1,
  });
  recordExchanges(ecs, exchanges);
  return {
    cloud,
    ecs,
    folder,
    pids,
    exchanges,
    async [Symbol.asyncDispose]() {
      ecs.destroy();
      await cloud[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A task definition for Fargate with one container that runs this command, with optional overrides. */
export function definition(
  family: string,
  what: string,
  overrides: Partial<RegisterTaskDefinitionRequest> = {},
): RegisterTaskDefinitionRequest {
  return {
    family,
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: '256',
    memory: '512',
    containerDefinitions: [{ name: 'main', image: 'app', command: [what] }],
    ...overrides,
  };
}

/** Records each answer with its bytes. */
function recordExchanges(ecs: ECS, exchanges: Exchange[]): void {
  ecs.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        const result = await next(args);
        const response = result.response as {
          statusCode: number;
          headers: Record<string, string>;
          body: NodeJS.ReadableStream | Uint8Array;
        };
        const body = await text(response.body as NodeJS.ReadableStream);
        exchanges.push({
          operation: commandName.replace(/Command$/, ''),
          status: response.statusCode,
          headers: response.headers,
          body: JSON.parse(body) as unknown,
        });
        response.body = Buffer.from(body);
        return result;
      },
    { step: 'deserialize', priority: 'low', name: 'recordExchanges' },
  );
}
