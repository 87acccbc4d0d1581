import type { CloudContext } from '../cloud-context.ts';
import * as clusters from './clusters.ts';
import { executeCommand } from './execute-command.ts';
import * as protection from './protection.ts';
import * as tags from './resource-tags.ts';
import * as services from './services.ts';
import * as definitions from './task-definitions.ts';
import * as tasks from './tasks.ts';

const provided = { ...clusters, ...definitions, ...tasks, ...services, ...protection, ...tags, executeCommand };

/** The provided operations, by the service's names. */
export const operations: ReadonlyMap<string, (input: unknown, context: CloudContext) => unknown> = new Map(
  Object.entries(provided).map(([name, operation]) => [
    name.replace(/^./, (first) => first.toUpperCase()),
    operation as (input: unknown, context: CloudContext) => unknown,
  ]),
);
