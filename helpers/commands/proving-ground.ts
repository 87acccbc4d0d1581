#!/usr/bin/env node
/** `npx proving-ground <command>`; in the repository `npm run <command>`. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { EnvironmentUnavailable } from '../lib/environment.ts';
import { rootFolder } from '../lib/own-modules.ts';

const commands: Readonly<Record<string, { readonly does: string; readonly run: (args: string[]) => Promise<void> }>> = {
  doctor: {
    does: 'says what is here, what is missing, and how to mend it',
    run: async () => (await import('./doctor.ts')).doctor(),
  },
  kept: {
    does: "starts the server of the last run's failed tests again: kept [output folder]",
    run: async ([folder]) => (await import('./kept.ts')).serveKept(folder),
  },
};

const [, , name = 'help', ...args] = process.argv;
const command = commands[name];
if (command !== undefined)
  await command.run(args).catch((error: unknown) => {
    if (!(error instanceof EnvironmentUnavailable)) throw error;
    process.stderr.write(`${error.stack}\n`);
    process.exitCode = 1;
  });
else if (name === '--version') process.stdout.write(`${version()}\n`);
else {
  const isAsked = ['help', '--help', '-h'].includes(name);
  const lines = Object.entries(commands).map(([known, { does }]) => `  ${known.padEnd(8)}${does}`);
  process[isAsked ? 'stdout' : 'stderr'].write(
    [isAsked ? 'Usage: proving-ground <command>' : `There is no command '${name}':`, ...lines, ''].join('\n'),
  );
  if (!isAsked) process.exitCode = 1;
}

function version(): string {
  const about = JSON.parse(readFileSync(path.join(rootFolder(), 'package.json'), 'utf8')) as { version: string };
  return about.version;
}
