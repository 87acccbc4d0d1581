import type { Task } from '../state.ts';

/** What becomes of a task's tags when it ends. */
export interface Endings {
  /** When it is asked to end. */
  stopping(task: Task): void;
  /** When it has stopped. */
  stopped(task: Task): void;
}

/** StopTask deletes them, as its reference says, and no stopped task has any. */
export const endings: Endings = {
  stopping: ({ stop, tags }) => {
    if (stop?.code === 'UserInitiated') tags.clear();
  },
  stopped: ({ tags }) => tags.clear(),
};
