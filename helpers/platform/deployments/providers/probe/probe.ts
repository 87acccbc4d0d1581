import type { Value, Values } from '../../../../terraform/index.ts';
import { Ledger } from './ledger.ts';

/** What this process knows of itself. */
export class Probe {
  #configuration: Values = {};
  #configured = 0;
  #applies = 0;
  #underWay = 0;
  #most = 0;

  configure(configuration: Values): void {
    this.#configuration = configuration;
    this.#configured += 1;
  }

  get marker(): Value {
    return this.#configuration['marker'] ?? null;
  }

  get settings(): Value {
    return this.#configuration['settings'] ?? null;
  }

  get secret(): Value {
    return this.#configuration['secret'] ?? null;
  }

  get ledger(): Ledger {
    const folder = this.#configuration['ledger'];
    return new Ledger(typeof folder === 'string' ? folder : undefined);
  }

  /** How often it was configured. */
  get configured(): number {
    return this.#configured;
  }

  /** How many applies it has begun. */
  get applies(): number {
    return this.#applies;
  }

  /** Runs an apply. It is passed a function that tells the most applies that were under way at once since it began. */
  async apply<T>(work: (overlap: () => number) => Promise<T>): Promise<T> {
    this.#applies += 1;
    this.#underWay += 1;
    this.#most = this.#underWay === 1 ? 1 : Math.max(this.#most, this.#underWay);
    try {
      return await work(() => this.#most);
    } finally {
      this.#underWay -= 1;
    }
  }
}
