import type { CloudContext } from '../cloud-context.ts';

/** Answers one kind of request. The shape of the input is already checked. @throws CloudError */
export type Operation<Input, Output> = (input: Input, context: CloudContext) => Output;
