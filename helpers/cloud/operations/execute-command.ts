import { CloudError } from '../errors.ts';
import { splitCommand } from '../exec/argv.ts';
import { findActiveCluster, taskFor } from '../lookup.ts';
import { isRunning } from '../state.ts';
import type { Operation } from './operation.ts';

export const executeCommand: Operation<'executeCommand'> = (
  { cluster: reference, task: name = '', container: wanted, command = '', interactive },
  context,
) => {
  if (interactive !== true) throw CloudError.invalid('Interactive is the only mode supported currently.');
  const cluster = findActiveCluster(context, reference);
  const task = taskFor(context, cluster, name);
  if (task === undefined) throw CloudError.invalid('The referenced task was not found.');
  if (!task.enableExecuteCommand) {
    throw CloudError.invalid(
      'The execute command failed because execute command was not enabled when the task was run or the execute command agent isn’t running. Wait and try again or run a new task with execute command enabled and try again.',
    );
  }
  if (wanted === undefined && task.containers.length > 1)
    throw CloudError.invalid('Container name is required when there is more than one container in the task.');
  const container =
    wanted === undefined ? task.containers[0] : task.containers.find(({ definition }) => definition.name === wanted);
  if (container === undefined) throw CloudError.invalid(`There is no container named ${wanted} in the task.`);
  const argv = splitCommand(command);
  if (argv === undefined || argv.length === 0) throw CloudError.invalid('The command has an open quote or is empty.');
  const { running } = container;
  if (!isRunning(task) || running === undefined || container.status !== 'RUNNING') {
    throw new CloudError(
      'TargetNotConnectedException',
      'The execute command failed due to an internal error. Try again later.',
    );
  }
  return {
    clusterArn: cluster.arn,
    containerArn: container.arn,
    containerName: container.definition.name,
    interactive,
    session: context.sessions.open(running, argv),
    taskArn: task.arn,
  };
};
