import { memoryOf } from '../../run/processes/index.ts';

/** Milliseconds between two looks at a process. */
const interval = 250;

/** The reason of a container that the kernel ends for its use of memory, in the words of ECS. */
export const outOfMemory = 'OutOfMemoryError: Container killed due to memory usage';

/** Calls `exceeded` once when a process has more than `limit` bytes of memory. Returns what ends the watch. */
export function watchMemory(pid: number, limit: number, exceeded: () => void): () => void {
  const timer = setInterval(() => {
    if (memoryOf(pid) <= limit) return;
    clearInterval(timer);
    exceeded();
  }, interval);
  timer.unref();
  return () => clearInterval(timer);
}
