import { realms } from '../../kernel/realms.ts';
import { signToken } from '../../kernel/tokens.ts';
import type { Variant } from '../variants.ts';

export interface GenerationRequest {
  readonly experiment_id: string;
  readonly baseline_pipeline: string;
  readonly candidate_pipeline: string;
  readonly target_hosts: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
  readonly duration: string;
  /** Replaces a template's processors, for one variant. */
  readonly processors?: { readonly [variant in Variant]?: readonly unknown[] };
}

/** The controller's client of the config generator. */
export interface ConfigurationClient {
  /**
   * @throws ConfigurationRefused when the generator refuses the request, which is final.
   * @throws Error when the generator is unavailable, which may be temporary.
   */
  generate(request: GenerationRequest): Promise<Record<Variant, string>>;
}

export class ConfigurationRefused extends Error {}

/** Milliseconds for which a controller's token is valid. */
const lifetime = 60_000;

/** The controller's token for the config generator of its platform. */
export function generatorToken(secret: string): string {
  return signToken(
    { user_id: 'controller', email: 'controller@platform', roles: [], tenant_id: 'platform' },
    secret,
    lifetime,
    realms.generator,
  );
}

export function configurationClient(url: string, secret: string): ConfigurationClient {
  return {
    async generate(request) {
      const response = await fetch(`${url}/api/v1/generate`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${generatorToken(secret)}` },
        body: JSON.stringify(request),
        signal: AbortSignal.timeout(2_000),
      });
      const body = (await response.json()) as { baseline_config: string; candidate_config: string } & {
        error: { message: string };
      };
      if (response.status >= 400 && response.status < 500) throw new ConfigurationRefused(body.error.message);
      if (!response.ok) throw new Error(`The config generator answers ${response.status}`);
      return { baseline: body.baseline_config, candidate: body.candidate_config };
    },
  };
}
