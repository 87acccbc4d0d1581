/** What a run of the tests consists of, by the beginning of a command line or a part of it; the first match counts. */
const kinds = [
  ['workers', /playwright\/lib\/worker\/workerProcessEntry/],
  ['PostgreSQL', /^postgres: |^\S*\/bin\/(postgres|initdb) /],
  ['ClickHouse', /\/clickhouse\/server\/engine\.cjs /],
  ['Chromium', /^\S*\/(chromium|chrome|headless_shell) /],
  ['workspaces', /\/sessions\/workspace\//],
  ['session platform', /\/sessions\/\w+\/main\.cjs /],
  ['experiment platform', /\/experiments\/\w+\/main\.cjs /],
  ['provider platform', /\/deployments\/manager\/main\.cjs /],
  ['providers', /\/deployments\/providers\/|\/terraform-provider-/],
  ['keeper', /\/helpers\/run\/keeper\.mjs /],
  ['esbuild', /^\S*\/esbuild /],
  ['runner', /\/@?playwright\S* test /],
] as const;

export type Kind = (typeof kinds)[number][0] | 'other';

/** What kind of process has this command line, arguments separated by spaces. */
export function kindOf(commandLine: string): Kind {
  return kinds.find(([, pattern]) => pattern.test(`${commandLine} `))?.[0] ?? 'other';
}

/** Kinds whose processes start none of another kind. */
const selfContained: ReadonlySet<Kind> = new Set(['PostgreSQL', 'ClickHouse', 'Chromium', 'workspaces', 'providers']);

/** The kind of a child that has ended before it was seen. */
export function kindOfUnseen(parent: Kind): Kind {
  return selfContained.has(parent) ? parent : 'other';
}
