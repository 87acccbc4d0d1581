import type { ServiceDeploymentBrief, Task } from '@aws-sdk/client-ecs';
import type { AnyOperation } from '../../cloud/parts.ts';
import { faultsOf } from '../fault.ts';

const fault = faultsOf('cloud');
const test = 'helpers/cloud/deployments.test.ts';

// The control plane's promises: what its operations answer about services, their tasks and the account.

type Message = Readonly<Record<string, unknown>>;

/** An operation that gets another input, or gives another answer. */
function changed(
  operation: AnyOperation | undefined,
  { input = unchanged, answer = unchanged }: Partial<Record<'input' | 'answer', (message: Message) => Message>>,
): AnyOperation {
  const call = operation as (given: Message, context: unknown) => Message;
  return (given: Message, context: unknown) => answer(call(input(given), context));
}

function unchanged(message: Message): Message {
  return message;
}

function without(member: string): (message: Message) => Message {
  return (message) => ({ ...message, [member]: undefined });
}

/** An answer with tasks, each of which is changed. */
function withTasks(change: (task: Task) => Task): (message: Message) => Message {
  return (message) => ({ ...message, tasks: (message['tasks'] as readonly Task[]).map(change) });
}

export const replacedDeploymentsGoOn = fault(
  'operations',
  'a deployment that is replaced before its end is STOPPED',
  ({ listServiceDeployments }) => ({
    listServiceDeployments: changed(listServiceDeployments, {
      answer: (message) => ({
        ...message,
        serviceDeployments: (message['serviceDeployments'] as readonly ServiceDeploymentBrief[]).map((one) =>
          one.status === 'STOPPED' ? { ...one, status: 'IN_PROGRESS' } : one,
        ),
      }),
    }),
  }),
  `${test} › a deployment that is replaced before its end is STOPPED`,
);

export const networksAreNotDeployed = fault(
  'operations',
  "a change of a service's network begins a deployment",
  ({ updateService }) => ({
    updateService: changed(updateService, {
      input: without('networkConfiguration'),
    }),
  }),
  `${test} › another network begins a deployment, and another number of tasks none`,
);

export const definitionTagsAreNotPropagated = fault(
  'operations',
  "a service's tasks have the tags that it propagates",
  ({ createService }) => ({
    createService: changed(createService, { input: without('propagateTags') }),
  }),
  `${test} › a service's tasks have the tags that it propagates`,
);

export const interfacesStayAttached = fault(
  'operations',
  'a task has a network interface as long as it runs',
  ({ describeTasks }) => ({
    describeTasks: changed(describeTasks, {
      answer: withTasks((task) => ({
        ...task,
        attachments: task.attachments!.map((one) => ({ ...one, status: 'ATTACHED' })),
      })),
    }),
  }),
  `${test} › a task has a network interface as long as it runs, in the zone of its region`,
);

export const tasksAreInAnotherRegion = fault(
  'operations',
  'a task runs in an availability zone of its region',
  ({ runTask }) => ({
    runTask: changed(runTask, { answer: withTasks((task) => ({ ...task, availabilityZone: 'eu-west-1a' })) }),
  }),
  `${test} › a task has a network interface as long as it runs, in the zone of its region`,
);

export const hostPortsAreDropped = fault(
  'operations',
  "with awsvpc, a host port other than the container's is refused",
  ({ registerTaskDefinition }) => ({
    registerTaskDefinition: changed(registerTaskDefinition, {
      input: (message) => JSON.parse(JSON.stringify(message).replaceAll(/,"hostPort":\d+/g, '')) as Message,
    }),
  }),
  `${test} › with awsvpc, a host port other than the container's is refused`,
);

export const settingsOfAnyValueAreListed = fault(
  'operations',
  "an account's settings are listed by value",
  ({ listAccountSettings }) => ({
    listAccountSettings: changed(listAccountSettings, { input: without('value') }),
  }),
  `${test} › an account's settings are listed by name and by value, and those that were changed are none`,
);

export const protectionLastsADay = fault(
  'operations',
  'a task is protected for two hours unless it is said for how long',
  ({ updateTaskProtection }) => ({
    updateTaskProtection: changed(updateTaskProtection, {
      input: (message) => ({ expiresInMinutes: 1_440, ...message }),
    }),
  }),
  `${test} › a task is protected for two hours unless it is said for how long`,
);

export const stoppedTasksTakeTags = fault(
  'operations',
  'a stopped task takes no tags',
  () => ({ tagResource: () => ({}) }),
  'helpers/cloud/lists.test.ts › a stopped task takes no tags',
);
