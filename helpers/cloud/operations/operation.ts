import type { ECS } from '@aws-sdk/client-ecs';
import type { CloudContext } from '../cloud-context.ts';

/** Whatever the SDK's client has as a method: its input, and what it calls back with. */
type Call<Name extends keyof ECS> = ECS[Name] extends (
  input: infer Input,
  options: never,
  done: (error: unknown, output?: infer Output) => void,
) => void
  ? { readonly input: Input; readonly output: Omit<NonNullable<Output>, '$metadata'> }
  : never;

/** Answers requests of this name. The shape of the input is already checked. @throws CloudError */
export type Operation<Name extends keyof ECS> = (
  input: Call<Name>['input'],
  context: CloudContext,
) => Call<Name>['output'];
