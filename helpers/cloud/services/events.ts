import { randomUUID } from 'node:crypto';
import type { Service, Task } from '../state.ts';

const mostKept = 100;

/** Records an event, in the service's wording. */
export function noteEvent(service: Service, at: Date, text: string): void {
  service.events.unshift({ id: randomUUID(), createdAt: at, message: `(service ${service.name}) ${text}` });
  service.events.splice(mostKept);
}

export function tasksInWords(tasks: readonly Task[]): string {
  return tasks.map(({ id }) => `(task ${id})`).join(' ');
}
