/** What is wanted cannot be done; that is final, and its sender is told why. */
export class Refusal extends Error {}
