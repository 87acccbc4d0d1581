import type { FullConfig } from '@playwright/test/reporter';
import { messageOf } from '../../../helpers/lib/environment.ts';
import { type Inventory, takeInventory } from '../../../helpers/stores/inventory/index.ts';
import type { Ledger } from '../../../helpers/run/measurements/index.ts';
import { RunFolder } from '../../../helpers/run/index.ts';
import type { ShardRecord } from '../record.ts';
import type { dataFolder } from './data-folder.ts';
import { describeMachine } from './machine.ts';
import { Monitor } from './monitor.ts';

/** Collects a runner's data that belong to no test, from its beginning to its end. */
export class ShardWatch {
  readonly #startedAt = Date.now();
  readonly #monitor: Monitor;
  readonly #before: Promise<Inventory | string>;

  #run: string | undefined;

  /** Starts collecting. @param folderOf the folder on the disk that a run uses. */
  constructor(folderOf: typeof dataFolder) {
    this.#monitor = new Monitor(() => folderOf(this.#run));
    this.#monitor.start();
    this.#before = look();
  }

  /** Must be called when global set-up is over: its teardown forgets which run it was. */
  begin(): void {
    this.#run = process.env['PROVING_GROUND_RUN'];
  }

  /** Must be called when everything that the run started has ended. */
  async end({ shard, workers }: FullConfig, ledger: Ledger): Promise<ShardRecord> {
    this.#monitor.stop();
    const [before, after] = [await this.#before, await look()];
    const unseen = [before, after].find((inventory) => typeof inventory === 'string');
    return {
      index: shard?.current ?? 1,
      name: `shard ${shard?.current ?? 1}`,
      workers,
      startedAt: this.#startedAt,
      durationMs: Date.now() - this.#startedAt,
      machine: describeMachine(),
      ledger: ledger.rest,
      calibration: this.#monitor.calibration,
      contention: this.#monitor.contention,
      resources: this.#monitor.resources,
      run: this.#run === undefined ? undefined : new RunFolder(this.#run).id,
      inventory: typeof before === 'string' || typeof after === 'string' ? undefined : { before, after },
      problems: unseen === undefined ? [] : [unseen],
    };
  }
}

/** The inventory, or why it is unknown. */
function look(): Promise<Inventory | string> {
  return takeInventory().catch((error: unknown) => `What is left behind is not known: ${messageOf(error)}`);
}
