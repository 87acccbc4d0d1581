import type { CloudContext } from '../context.ts';

/** Answers one kind of request. The input is of the right shape already. @throws CloudError */
export type Operation<Input, Output> = (input: Input, context: CloudContext) => Output;
