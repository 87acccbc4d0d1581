import { readdirSync } from 'node:fs';
import { EnvironmentUnavailable } from '../lib/environment.ts';
import { resolveProvider, type ResolveOptions } from '../terraform/registry/index.ts';
import type { RegistryParts } from '../terraform/registry/parts.ts';
import { expect, test } from './index.ts';
import { offer, type Offer, type TestAnswers, TestRegistry, wanted } from './provider-registry.ts';

/** Bounds of the downloads of a test. */
export const limits = { silence: 5_000, total: 20_000, bytes: 100_000 };

const path = "or set TEST_PROVIDER to the path of a provider's binary.";

/** The ends of sentences. */
export const mends = {
  another: `choose another version, ${path}`,
  operators: `ask those who run that registry, ${path}`,
  network: `connect this machine to that registry, ${path}`,
};

/** A version that is refused. */
export interface Refusal {
  readonly title: string;
  /** The message, or part of it. */
  readonly sentence: string | RegExp;
  readonly offered?: () => Promise<Offer>;
  /** What its registry answers instead. */
  readonly answers?: TestAnswers;
  readonly wanted?: string;
  readonly limits?: ResolveOptions['limits'];
}

/** Defines a test of each refusal. */
export function testRefusals(refusals: readonly Refusal[]): void {
  for (const { title, sentence, offered = offer, answers, wanted: name = wanted, limits: bounds } of refusals)
    test(`${title} is one sentence, and leaves nothing`, async ({ root, registryParts }) => {
      await using registry = await TestRegistry.open(await offered(), answers);
      const message = await refusal(name, root.path, registry.url, bounds, registryParts);
      expect(message).toEqual(
        sentence instanceof RegExp ? expect.stringMatching(sentence) : expect.stringContaining(sentence),
      );
      expect(message.startsWith(`${name} of ${new URL(registry.url).host} `), message).toBe(true);
    });
}

/** The message of the error that resolving a provider ends in, which has left nothing in its cache. */
export async function refusal(
  name: string,
  cache: string,
  registry?: string,
  bounds = limits,
  parts?: RegistryParts,
): Promise<string> {
  const error: unknown = await resolveProvider(name, {
    cache,
    registry,
    limits: bounds,
    ...(parts === undefined ? {} : { parts }),
  }).then(
    (found) => new Error(`It was accepted: ${found.command}`),
    (refused: unknown) => refused,
  );
  expect(error).toBeInstanceOf(EnvironmentUnavailable);
  const left = readdirSync(cache, { recursive: true, encoding: 'utf8' });
  expect(left.filter((entry) => /provider-|outside/.test(entry))).toEqual([]);
  return (error as Error).message;
}
