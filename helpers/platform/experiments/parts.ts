import type { AgentParts } from './agent/parts.ts';
import type { ControllerParts } from './controller/parts.ts';
import type { GeneratorParts } from './generator/parts.ts';
import type { GatewayParts } from './gateway/parts.ts';

/**
 * The ports that the local platform is composed of. Each keeps a promise that some spec checks; a fault
 * (`helpers/faults/experiments.ts`) decorates one of them so that it breaks it. A process is composed of those that it
 * needs: its `parts.ts` says which, and its `main.ts` puts them together.
 */
export type PlatformParts = GatewayParts & ControllerParts & GeneratorParts & AgentParts;
