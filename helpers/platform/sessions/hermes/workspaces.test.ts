import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import type { DescribeTasksRequest, ListTasksRequest } from '@aws-sdk/client-ecs';
import { expect, test } from '../../../testing/session-parts.ts';
import { workspaces as ours } from './workspaces.ts';

/** The most tasks that an answer of ECS lists, and the most that a request describes. */
const atOnce = 100;

test('more tasks than one answer lists or describes are listed', async ({ withSessionFault }) => {
  const [stopped, ...running] = Array.from({ length: 251 }, (_, number) => `task-${number}`);
  const answers: Record<string, (input: never) => object> = {
    ListTasks({ nextToken = '0' }: ListTasksRequest) {
      const end = Number(nextToken) + atOnce;
      return {
        taskArns: running.slice(Number(nextToken), end),
        ...(end < running.length ? { nextToken: String(end) } : {}),
      };
    },
    DescribeTasks({ tasks = [] }: DescribeTasksRequest) {
      if (tasks.length > atOnce) return { __type: 'InvalidParameterException' };
      return { tasks: tasks.map((taskArn) => ({ taskArn, lastStatus: taskArn === stopped ? 'STOPPED' : 'RUNNING' })) };
    },
  };
  const server = createServer((request, response) => {
    void json(request).then((input) => {
      const answer = answers[String(request.headers['x-amz-target']).split('.')[1]!]!(input as never);
      response.statusCode = '__type' in answer ? 400 : 200;
      response.setHeader('content-type', 'application/x-amz-json-1.1').end(JSON.stringify(answer));
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  try {
    const { workspaces } = await withSessionFault({ workspaces: ours });
    const { list } = workspaces({
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      region: 'us-east-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      cluster: 'cluster',
      service: 'edit',
      containerPort: 80,
    });
    const tasks = await list([stopped!, running[0]!]);
    expect(tasks.map(({ arn }) => arn)).toEqual([stopped, ...running]);
    expect(tasks.filter(({ isStopped }) => isStopped)).toMatchObject([{ arn: stopped }]);
  } finally {
    server.close();
    server.closeAllConnections();
  }
});
