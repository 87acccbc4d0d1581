import { withFault } from '../../../faults/inject.ts';
import { defaultRequestTimes, type RequestTimes } from '../../../lib/http-limits.ts';
import { runWorkspace } from './frame.ts';
import { workspaceKey } from './key.ts';
import { workspaceParts } from './parts.ts';

const {
  WORKSPACE: root,
  WORKSPACE_SECRET: secret,
  ECS_TASK_ARN: task,
  REQUEST_TIMES: request,
  FAULT: fault,
} = process.env;
if (root === undefined || secret === undefined || task === undefined) {
  process.stderr.write(
    'One of the environment variables is missing: WORKSPACE names the folder of the volume, WORKSPACE_SECRET is what the key of the container is made from, ECS_TASK_ARN names its task.\n',
  );
  process.exitCode = 1;
  process.disconnect?.();
} else {
  const times = request === undefined ? defaultRequestTimes : (JSON.parse(request) as RequestTimes);
  void withFault('sessions', workspaceParts, fault).then((parts) =>
    runWorkspace(root, workspaceKey(secret, task), times, parts),
  );
}
