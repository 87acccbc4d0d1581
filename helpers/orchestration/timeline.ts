import { messageOf } from '../lib/environment.ts';
import type { OrchestrationStore } from './store.ts';

/** One operation of one client; times are milliseconds since the timeline began. */
export interface TimelineEntry {
  readonly client: number;
  readonly operation: string;
  readonly values: readonly unknown[];
  readonly from: number;
  to?: number;
  outcome?: string;
}

/** What each client of a store did, and what came of it, in the order in which the operations began. */
export class Timeline {
  readonly entries: TimelineEntry[] = [];
  readonly #began = performance.now();

  /** Adds what is no operation of a store, such as a step of its clock. */
  note(operation: string, ...values: readonly unknown[]): void {
    const now = this.#now();
    this.entries.push({ client: 0, operation, values, from: now, to: now });
  }

  /** A store that does the same, and whose operations are noted as those of the `client`. */
  record(client: number, store: OrchestrationStore): OrchestrationStore {
    return new Proxy(store, {
      get: (target, property) => {
        const operation: unknown = Reflect.get(target, property);
        if (typeof operation !== 'function') return operation;
        if (property === 'close') return operation.bind(target) as unknown;
        return (...values: unknown[]) =>
          this.#follow(client, String(property), values, () => operation.apply(target, values) as unknown);
      },
    });
  }

  async #follow(client: number, operation: string, values: unknown[], run: () => unknown): Promise<unknown> {
    const entry: TimelineEntry = { client, operation, values, from: this.#now() };
    this.entries.push(entry);
    try {
      const result = await run();
      entry.outcome = result === undefined ? '-' : JSON.stringify(result);
      return result;
    } catch (error) {
      entry.outcome = `✗ ${messageOf(error)}`;
      throw error;
    } finally {
      entry.to = this.#now();
    }
  }

  #now(): number {
    return performance.now() - this.#began;
  }

  /** One line for each operation; tokens are numbered, because their digits are hard to compare. */
  toString(): string {
    const lines = this.entries.map(({ client, operation, values, from, to, outcome }) => {
      const time = `${from.toFixed(1)}–${to?.toFixed(1) ?? '…'} ms`;
      const actor = client === 0 ? '' : `client ${client}`;
      const given = values.map((value) => JSON.stringify(value)).join(', ');
      const result = outcome === undefined ? '' : ` → ${outcome}`;
      return `${time.padEnd(18)} ${actor.padEnd(9)} ${operation}(${given})${result}`;
    });
    return withNumberedTokens(lines.join('\n'));
  }
}

/** Replaces every UUID by `token 1`, `token 2`, … */
function withNumberedTokens(text: string): string {
  const numbers = new Map<string, number>();
  return text.replaceAll(/(?:lock_)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, (token) => {
    if (!numbers.has(token)) numbers.set(token, numbers.size + 1);
    return `token ${numbers.get(token)!}`;
  });
}
