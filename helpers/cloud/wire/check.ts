import type { Shape, Structure } from './model.ts';

export interface Complaint {
  /** The path from the top: `tasks.0.taskArn`. */
  readonly path: string;
  readonly problem: 'type' | 'missing' | 'unknown';
  readonly message: string;
}

const javaScriptTypes = { string: 'string', number: 'number', boolean: 'boolean', timestamp: 'number' } as const;

/** Checks a transmitted value. Null counts as absent, as in AWS JSON services. */
export function check(value: unknown, shape: Shape, path = ''): Complaint[] {
  if (shape.kind === 'anything') return [];
  if (shape.kind === 'list') {
    return Array.isArray(value)
      ? value.flatMap((item, place) => check(item, shape.of, join(path, place)))
      : [wrongType(path, 'a list', value)];
  }
  if (shape.kind === 'map' || shape.kind === 'structure') {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return [wrongType(path, 'an object', value)];
    return shape.kind === 'map'
      ? Object.entries(value).flatMap(([key, item]) => check(item, shape.of, join(path, key)))
      : checkStructure(value, shape, path);
  }
  const wanted = javaScriptTypes[shape.kind];
  return typeof value === wanted ? [] : [wrongType(path, `a ${wanted}`, value)];
}

function checkStructure(value: object, { members, required, name }: Structure, path: string): Complaint[] {
  const present = Object.entries(value).filter(([, item]) => item !== null && item !== undefined);
  const missing = required.filter((member) => !present.some(([key]) => key === member));
  return [
    ...missing.map((member): Complaint => ({
      path: join(path, member),
      problem: 'missing',
      message: `${member} must not be null`,
    })),
    ...present.flatMap(([key, item]): Complaint[] => {
      const member = members.get(key);
      return member === undefined
        ? [{ path: join(path, key), problem: 'unknown', message: `${name} has no ${key}` }]
        : check(item, member(), join(path, key));
    }),
  ];
}

function wrongType(path: string, wanted: string, value: unknown): Complaint {
  return {
    path,
    problem: 'type',
    message: `${path === '' ? 'the body' : path} must be ${wanted}, and is ${JSON.stringify(value)}`,
  };
}

function join(path: string, next: string | number): string {
  return path === '' ? String(next) : `${path}.${next}`;
}
