/** What a rule does with matching requests. */
export type Action = 'hermes' | 'healthy' | 'container' | 'container health' | 'preview' | 'live updates';

export interface Rule {
  readonly priority: number;
  /** The first group, if any, is a session's id, and the second the rest of the path. */
  readonly path: RegExp;
  readonly action: Action;
}

/** The rules of the load balancer: among those whose path matches, the lowest number decides. */
export const rules: readonly Rule[] = [
  { priority: 5, path: /^\/hermes\//, action: 'hermes' },
  { priority: 9, path: /^\/api\/health$/, action: 'healthy' },
  { priority: 10, path: /^\/api\//, action: 'container' },
  { priority: 14, path: /^\/session\/([^/]+)\/health$/, action: 'container health' },
  { priority: 15, path: /^\/session\/([^/]+)(\/.*)?$/, action: 'preview' },
  { priority: 20, path: /^\/preview\/([^/]+)(\/.*)?$/, action: 'preview' },
  { priority: 30, path: /^\/ws\/hmr$/, action: 'live updates' },
  { priority: 50_000, path: /^\//, action: 'healthy' },
];
