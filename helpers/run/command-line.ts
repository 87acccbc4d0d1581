import path from 'node:path';
import { parseArgs } from 'node:util';

/** Playwright's options that take a value, with their short forms: the argument that follows one is no file. */
export const optionsWithValue: Readonly<Record<string, string | undefined>> = {
  'add-reporter': undefined,
  browser: undefined,
  config: 'c',
  'global-timeout': undefined,
  grep: 'g',
  'grep-invert': 'G',
  'last-failed-file': undefined,
  'max-failures': undefined,
  output: undefined,
  project: undefined,
  'repeat-each': undefined,
  reporter: undefined,
  retries: undefined,
  'run-agents': undefined,
  shard: undefined,
  'test-list': undefined,
  'test-list-invert': undefined,
  timeout: undefined,
  trace: undefined,
  tsconfig: undefined,
  'ui-host': undefined,
  'ui-port': undefined,
  'update-source-method': undefined,
  workers: 'j',
};

/** What a command of Playwright asks for. */
export interface CommandLine {
  /** `test`, or `test-server`, by which editors run tests. */
  readonly command: string | undefined;
  /** Names of its options, without dashes. */
  readonly options: ReadonlySet<string>;
  /** The tests' files, as they are given. */
  readonly files: readonly string[];
}

/** Reads the arguments behind `playwright`. */
export function readCommandLine(args: readonly string[]): CommandLine {
  const options = new Set<string>();
  const positionals: string[] = [];
  let takesMore = false; // of what `--project a b` says, up to the next option
  for (const token of tokensOf(args)) {
    if (token.kind === 'option') {
      options.add(token.name);
      takesMore = token.name === 'project' && token.inlineValue === false;
    } else if (token.kind === 'positional' && !takesMore) positionals.push(token.value);
  }
  const [command, ...files] = positionals;
  return { command, options, files };
}

/**
 * Whether the helpers' own tests are to be there beside the specs: where projects are chosen, by `--project`, in UI
 * mode or by an editor, and where one of the files is in their folders.
 */
export function includesOwnTests({ command, options, files }: CommandLine, root: string): boolean {
  const folders = files.map((file) => path.relative(root, path.resolve(file)).split(path.sep)[0]);
  return (
    command === 'test-server' ||
    ['project', 'ui', 'ui-host', 'ui-port'].some((name) => options.has(name)) ||
    folders.some((folder) => folder === 'helpers' || folder === 'reporters')
  );
}

/**
 * Whether tests that repeat something for certainty, tagged `@long`, are to run outside of CI, too: where tests are
 * chosen one by one, by `--grep`, by their lines, by a list, in UI mode or by an editor.
 */
export function includesLongTests({ command, options, files }: CommandLine): boolean {
  return (
    command === 'test-server' ||
    ['grep', 'last-failed', 'test-list', 'ui', 'ui-host', 'ui-port'].some((name) => options.has(name)) ||
    files.some((file) => /:\d+(:\d+)?$/.test(file))
  );
}

function tokensOf(args: readonly string[]) {
  const options = Object.entries(optionsWithValue).map(
    ([name, short]) => [name, { type: 'string', ...(short === undefined ? {} : { short }) }] as const,
  );
  return parseArgs({
    args: [...args],
    options: Object.fromEntries(options),
    strict: false,
    allowPositionals: true,
    tokens: true,
  }).tokens;
}
