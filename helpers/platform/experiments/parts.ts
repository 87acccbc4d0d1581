import type { AgentParts } from './agent/parts.ts';
import type { ControllerParts } from './controller/parts.ts';
import type { GeneratorParts } from './generator/parts.ts';
import type { GatewayParts } from './gateway/parts.ts';

/** The parts of the local platform; each keeps a promise that a fault (`helpers/faults/experiments/`) breaks. */
export type PlatformParts = GatewayParts & ControllerParts & GeneratorParts & AgentParts;
