import type { TaskBill } from '../cloud/index.ts';
import type { Recorder } from '../run/measurements/index.ts';

/**
 * Meters what tasks use: each reading has the seconds of each task since the previous one, with everything that their
 * price depends on. The sum of a task's readings is what it is billed for, except for the minimum of one minute.
 */
export class TaskMeter {
  readonly #bills: () => readonly TaskBill[];
  readonly #record: Recorder['record'];
  /** By ARN, in milliseconds; infinite when it has stopped. */
  readonly #readUntil = new Map<string, number>();

  constructor(bills: () => readonly TaskBill[], record: Recorder['record']) {
    this.#bills = bills;
    this.#record = record;
  }

  readonly read = (): void => {
    for (const { arn: task, family, vcpu, memoryGb, pullStartedAt, stoppedAt, stopCode } of this.#bills()) {
      if (pullStartedAt === undefined) continue;
      const from = this.#readUntil.get(task) ?? pullStartedAt.getTime();
      const until = stoppedAt?.getTime() ?? Date.now();
      if (until < from) continue;
      this.#readUntil.set(task, stoppedAt === undefined ? until : Infinity);
      this.#record(
        'task.time',
        (until - from) / 1000,
        's',
        {
          task,
          family,
          vcpu: String(vcpu),
          memoryGb: String(memoryGb),
          pullStartedAt: pullStartedAt.toISOString(),
          ...(stoppedAt === undefined ? {} : { stoppedAt: stoppedAt.toISOString(), stopCode: stopCode! }),
        },
        'worker',
      );
    }
  };
}
