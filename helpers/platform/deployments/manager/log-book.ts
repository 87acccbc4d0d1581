import type { DeploymentIdentity } from '../store/deployment-store.ts';

/** The last lines that provider processes have written. */
export interface LogBook {
  /** Where the lines of a deployment are kept. */
  keyOf(deployment: DeploymentIdentity): string;
  /** Adds a line to the lines of a deployment. The oldest are forgotten. */
  add(lines: string[], line: string): void;
}

const mostLines = 1_000;
const longestLine = 4_000;

export const logBook: LogBook = {
  keyOf: ({ id }) => id,
  add(lines, line) {
    lines.push(line.length > longestLine ? `${line.slice(0, longestLine)}…` : line);
    if (lines.length > mostLines) lines.splice(0, lines.length - mostLines);
  },
};
