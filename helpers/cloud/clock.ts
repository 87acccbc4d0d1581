import { type Clock, systemClock } from '../lib/clock.ts';

/** A clock with alarms. */
export interface CloudClock extends Clock {
  /** Calls back after this many milliseconds. Returns the function that cancels it. */
  after(milliseconds: number, callback: () => void): () => void;
}

export const realClock: CloudClock = {
  ...systemClock,
  after(milliseconds, callback) {
    const timer = setTimeout(callback, milliseconds);
    return () => clearTimeout(timer);
  },
};

interface Alarm {
  readonly at: number;
  readonly callback: () => void;
}

/** The system's time, which can be moved forward: alarms that become due are called at once. */
export class MovableClock implements CloudClock {
  readonly #alarms = new Map<Alarm, NodeJS.Timeout>();
  #ahead = 0;

  now(): Date {
    return new Date(this.#time);
  }

  after(milliseconds: number, callback: () => void): () => void {
    const alarm: Alarm = { at: this.#time + milliseconds, callback };
    this.#arm(alarm);
    return () => this.#forget(alarm);
  }

  /** Moves the time forward. */
  advance(milliseconds: number): void {
    this.#ahead += milliseconds;
    const due = [...this.#alarms.keys()].filter(({ at }) => at <= this.#time).toSorted((a, b) => a.at - b.at);
    for (const alarm of due) {
      if (this.#forget(alarm)) alarm.callback();
    }
    const others = [...this.#alarms.keys()]; // each is set again
    for (const alarm of others) {
      this.#forget(alarm);
      this.#arm(alarm);
    }
  }

  get #time(): number {
    return Date.now() + this.#ahead;
  }

  #arm(alarm: Alarm): void {
    this.#alarms.set(
      alarm,
      setTimeout(
        () => {
          this.#alarms.delete(alarm);
          alarm.callback();
        },
        Math.max(0, alarm.at - this.#time),
      ),
    );
  }

  #forget(alarm: Alarm): boolean {
    clearTimeout(this.#alarms.get(alarm));
    return this.#alarms.delete(alarm);
  }
}
