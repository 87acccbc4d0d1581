/** The two pipelines of an experiment. */
export const variants = ['baseline', 'candidate'] as const;
export type Variant = (typeof variants)[number];
