import { CloudError } from '../../cloud/errors.ts';
import { faultsOf } from '../fault.ts';

const fault = faultsOf('cloud');

// The control plane's promises: nothing that a request asks for is dropped in silence, and what ECS refuses is refused.

export const unprovidedMembersAreDropped = fault(
  'provision',
  'members that are not provided are refused by name',
  () => ({ refuse: () => undefined }),
  'helpers/cloud/provision.test.ts › a service and a run are refused with all members that are not provided',
);

export const onlyOneMemberIsRefused = fault(
  'provision',
  'all refused members are named in one answer',
  ({ refuse }) => ({
    refuse(name, input) {
      try {
        refuse(name, input);
      } catch (error) {
        const { name: kind, message } = error as CloudError;
        throw new CloudError(kind, message.replace(/,.*/, '.'));
      }
    },
  }),
  'helpers/cloud/provision.test.ts › a task definition is refused with all unprovided members in one answer',
);

export const sizesWithUnitsAreRefused = fault(
  'sizes',
  'a size may be said in vCPU and GB',
  ({ normal }) => ({ normal: (size) => ({ ...normal(size), ...size }) }),
  'helpers/cloud/sizes.test.ts › a task of 1 vCPU and 2 GB has 1024 units and 2048 MiB',
);

export const anySizeIsTaken = fault(
  'sizes',
  "a run's size is one that Fargate has",
  () => ({ checkFargate: () => undefined }),
  'helpers/cloud/sizes.test.ts › a run changes the size of its task and container within the rules',
);

export const anyDiskIsTaken = fault(
  'sizes',
  'ephemeral storage has between 21 and 200 GiB',
  () => ({ checkStorage: () => undefined }),
  'helpers/cloud/sizes.test.ts › a task definition with a disk of 10 GiB is refused',
);

export const containersExceedTheirTask = fault(
  'sizes',
  'a container has no more memory than its task',
  () => ({ checkReserved: () => undefined }),
  'helpers/cloud/sizes.test.ts › a task definition with a container with more memory than its task is refused',
);

export const foreignArnsAreTaken = fault(
  'identifiers',
  'an ARN of another region, account or cluster is refused',
  () => ({ nameIn: (reference) => reference.slice(reference.lastIndexOf('/') + 1) }),
  'helpers/cloud/lists.test.ts › an ARN of another region, account, cluster or kind is refused',
);

export const pagesBreakWhenTasksStop = fault(
  'paging',
  'pages go on where the last item has left the list',
  ({ page }) => ({
    page(list, request, how) {
      const all = [...list];
      const isKnown = page(all, {}, how).items.some(
        (item) => Buffer.from(JSON.stringify(how.placeOf(item))).toString('base64url') === request.nextToken,
      );
      if (request.nextToken !== undefined && !isKnown) throw CloudError.invalid('Invalid token.');
      return page(all, request, how);
    },
  }),
  'helpers/cloud/lists.test.ts › pages are complete although each task that they show is stopped',
);

export const exactPagesHaveOneMore = fault(
  'paging',
  'a list that fills its pages has no empty one after them',
  ({ page }) => ({
    page(list, request, how) {
      const { items, nextToken } = page(list, request, how);
      const isFull = items.length > 0 && items.length === request.maxResults;
      return {
        items,
        nextToken: isFull ? Buffer.from(JSON.stringify(how.placeOf(items.at(-1)!))).toString('base64url') : nextToken,
      };
    },
  }),
  'helpers/cloud/lists.test.ts › a list that fills its pages exactly has no page more',
);

export const startedByFiltersNothing = fault(
  'operations',
  'ListTasks lists the tasks that were started by somebody',
  ({ listTasks }) => ({
    listTasks: (input: object, context) => listTasks!({ ...input, startedBy: undefined } as never, context),
  }),
  'helpers/cloud/lists.test.ts › tasks are listed by who started them, and by nothing else beside it',
);

export const missingCountsAreOne = fault(
  'operations',
  'a service says how many tasks it has',
  ({ createService }) => ({
    createService: (input: object, context) => createService!({ desiredCount: 1, ...input } as never, context),
  }),
  'helpers/cloud/lists.test.ts › a service without a number of tasks is refused',
);

export const deepBodiesAreFollowed = fault(
  'bodies',
  'a body that is nested too deeply is refused',
  () => ({ parse: (body) => JSON.parse(body) as unknown }),
  'helpers/cloud/doors.test.ts › a body that is nested 50,000 levels deep is refused',
);

export const bodiesAreUnbounded = fault(
  'bodies',
  'a body is bounded before it is read',
  () => ({ longest: Infinity }),
  'helpers/cloud/doors.test.ts › an oversized body is refused before its end',
);
