import * as account from './account.ts';
import * as clusters from './clusters.ts';
import { executeCommand } from './execute-command.ts';
import * as protection from './protection.ts';
import * as tags from './resource-tags.ts';
import * as deployments from './service-deployments.ts';
import * as services from './services.ts';
import * as definitions from './task-definitions.ts';
import * as tasks from './tasks.ts';

/** The provided operations, by the names of the SDK's methods. */
export const operations = {
  ...account,
  ...clusters,
  ...definitions,
  ...tasks,
  ...services,
  ...deployments,
  ...protection,
  ...tags,
  executeCommand,
};
