import type { AgentParts } from './agent/parts.ts';
import type { ControllerParts } from './controller/parts.ts';
import type { GeneratorParts } from './generator/parts.ts';
import type { GatewayParts } from './gateway/parts.ts';

/**
 * The parts of the local platform. Each keeps a promise that a spec proves; a fault (`helpers/faults/experiments.ts`)
 * decorates one of them so that it breaks its promise. A process is composed of the parts that it needs: its `parts.ts`
 * lists them, and its `main.ts` puts them together.
 */
export type PlatformParts = GatewayParts & ControllerParts & GeneratorParts & AgentParts;
