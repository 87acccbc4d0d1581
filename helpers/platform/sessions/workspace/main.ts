import { decorated, type Run } from '../../kernel/process.ts';
import { defaultRequestTimes, type RequestTimes } from '../../../lib/http-limits.ts';
import { runWorkspace } from './frame.ts';
import { workspaceKey } from './key.ts';
import { workspaceParts } from './parts.ts';

export const run: Run = async (decorate) => {
  const {
    WORKSPACE: root,
    WORKSPACE_SECRET: secret,
    ECS_TASK_ARN: task,
    REQUEST_TIMES: request,
    DECORATION: decoration,
  } = process.env;
  if (root === undefined || secret === undefined || task === undefined) {
    process.stderr.write(
      'One of the environment variables is missing: WORKSPACE names the folder of the volume, WORKSPACE_SECRET is what the key of the container is made from, ECS_TASK_ARN names its task.\n',
    );
    process.exitCode = 1;
    process.disconnect?.();
    return;
  }
  const times = request === undefined ? defaultRequestTimes : (JSON.parse(request) as RequestTimes);
  const parts = await decorated('sessions', workspaceParts, decorate, decoration);
  runWorkspace(root, workspaceKey(secret, task), times, parts);
};
