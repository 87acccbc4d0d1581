import { clientFault, sqlFault } from './rewrite.ts';

export const customStatusIsNotCounted = sqlFault(
  'each change of the custom status counts',
  'custom_status_version = custom_status_version + 1',
  'custom_status_version = 1',
  'custom-status.spec.ts › each change of the custom status counts',
);

export const deletionLeavesMessages = sqlFault(
  'a deleted instance leaves no messages',
  'DELETE FROM messages WHERE instance = ANY (family);',
  '',
  'deletion.spec.ts › a deleted instance can start anew',
);

export const deletionLeavesWork = sqlFault(
  'a deleted instance leaves no work',
  'DELETE FROM work WHERE instance = ANY (family);',
  '',
  'deletion.spec.ts › a deleted instance leaves nothing',
);

export const deletionLeavesDescendants = sqlFault(
  'descendants are deleted with their ancestor',
  'UNION SELECT i.instance FROM instances i JOIN descendants d ON i.parent = d.instance',
  '',
  'deletion.spec.ts › descendants are deleted with their ancestor',
);

export const runningInstanceIsDeleted = clientFault(
  'a running instance is deleted by force alone',
  (store) => ({ deleteInstance: (instance) => store.deleteInstance(instance, { force: true }) }),
  'deletion.spec.ts › a running instance is deleted by force alone',
);

export const pruningTakesTheCurrentExecution = sqlFault(
  'pruning keeps the current execution',
  'WHERE instance = target AND e.execution <> i.execution',
  'WHERE instance = target',
  'deletion.spec.ts › pruning › the current execution is kept',
);
