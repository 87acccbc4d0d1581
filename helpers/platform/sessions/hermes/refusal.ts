/** A request that can never succeed; its sender gets the reason. */
export class Refusal extends Error {}
