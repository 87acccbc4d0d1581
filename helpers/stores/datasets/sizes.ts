export const datasetNames = ['minimal', 'basic_workflow', 'multi_user', 'performance', 'analytics'] as const;

export type DatasetName = (typeof datasetNames)[number];

export interface DatasetSize {
  readonly users: number;
  readonly threads: number;
  readonly messages: number;
  readonly events: number;
}

/** Exact numbers of rows, `performance` at a scale factor of 1. The other tables grow in proportion. */
export const datasetSizes: Readonly<Record<DatasetName, DatasetSize>> = {
  minimal: { users: 3, threads: 2, messages: 5, events: 0 },
  basic_workflow: { users: 10, threads: 15, messages: 50, events: 0 },
  multi_user: { users: 25, threads: 40, messages: 150, events: 0 },
  performance: { users: 100, threads: 200, messages: 1000, events: 0 },
  analytics: { users: 50, threads: 0, messages: 0, events: 2000 },
};

/** The size to generate. Validated at run time, because names and factors often come from the environment. */
export function scaledSize(name: DatasetName, scaleFactor: number): DatasetSize {
  if (!datasetNames.includes(name))
    throw new RangeError(`There is no dataset "${name}": choose one of ${datasetNames.join(', ')}.`);
  if (!Number.isSafeInteger(scaleFactor) || scaleFactor < 1)
    throw new RangeError(`The scale factor of a dataset must be a whole number from 1 up, not ${scaleFactor}.`);
  if (scaleFactor !== 1 && name !== 'performance')
    throw new RangeError(`Only the dataset "performance" can be scaled, "${name}" always has the same size.`);

  const { users, threads, messages, events } = datasetSizes[name];
  return {
    users: users * scaleFactor,
    threads: threads * scaleFactor,
    messages: messages * scaleFactor,
    events: events * scaleFactor,
  };
}
