import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { poll } from '../lib/wait.ts';
import type { WantedResource } from '../platform/deployments/contract.ts';
import type { Entry } from '../platform/deployments/providers/probe/ledger.ts';

const taskType = 'probe_task';

/** What the probe has done for a task. */
export interface Effect extends Entry {
  readonly isDeleted: boolean;
  /** When it was last written or deleted, in nanoseconds. */
  readonly at: bigint;
}

/**
 * The files by which a test and the probe of one deployment meet. A task says in one that it has begun, and waits for
 * another, its gate. What tasks have done is in a ledger, which shows whether any of it was done twice.
 */
export class ProbeFiles {
  readonly #folder: string;
  #names: readonly string[] = [];
  #held: readonly string[] = [];

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
  }

  /** The provider's configuration with the ledger. */
  configure(config: Readonly<Record<string, unknown>>): Record<string, unknown> {
    return { ledger: path.join(this.#folder, 'ledger'), ...config };
  }

  /** The same resources, with the files of those that are tasks. Their gates are open, unless they are held. */
  equip(resources: readonly WantedResource[]): WantedResource[] {
    const isTask = ({ type }: WantedResource): boolean => type === taskType;
    this.#names = resources.filter(isTask).map(({ name }) => name);
    this.#open(this.#names.filter((name) => !this.#held.includes(name)));
    return resources.map((resource) => {
      if (!isTask(resource)) return resource;
      const { name, config } = resource;
      return { ...resource, config: { announce: this.#announcement(name), gate: this.#gate(name), ...config } };
    });
  }

  /** Closes the gates of all tasks, or of some. Returns the names of those that will wait. */
  hold(which: true | readonly string[]): readonly string[] {
    this.#held = which === true ? this.#names : which;
    for (const name of this.#held) {
      rmSync(this.#announcement(name), { force: true });
      rmSync(this.#gate(name), { force: true });
    }
    return this.#held;
  }

  /** Opens the gates of all tasks. */
  release(): void {
    this.#open([...this.#names, ...this.#held]);
    this.#held = [];
  }

  #open(names: readonly string[]): void {
    for (const name of names) writeFileSync(this.#gate(name), '');
  }

  /** Resolves when one of these tasks has begun. @throws Error at the deadline */
  async begun(names: readonly string[], timeout: number): Promise<void> {
    const hasBegun = (): boolean => names.some((name) => existsSync(this.#announcement(name)));
    if (!(await poll(hasBegun, (begun) => begun, { timeout, interval: 5, growth: 1.2, longest: 50 })))
      throw new Error(`Waited ${timeout / 1000} s in vain for the task ${names.join(' or ')} to begin.`);
  }

  /** What was done for the tasks, those that were deleted since then included, in this order. */
  ledger(): Effect[] {
    const folder = path.join(this.#folder, 'ledger');
    if (!existsSync(folder)) return [];
    const files = readdirSync(folder).filter((name) => !name.startsWith('.'));
    return files
      .map((name) => {
        const file = path.join(folder, name);
        const entry = JSON.parse(readFileSync(file, 'utf8')) as Entry;
        return { ...entry, isDeleted: name.endsWith('.deleted'), at: statSync(file, { bigint: true }).ctimeNs };
      })
      .toSorted((one, other) => Number(one.at - other.at));
  }

  /** The names of the tasks that exist by the ledger, sorted. One that was created twice is there twice. */
  existing(): string[] {
    return this.ledger()
      .filter(({ isDeleted }) => !isDeleted)
      .map(({ name }) => name)
      .toSorted();
  }

  #announcement(name: string): string {
    return path.join(this.#folder, `${name}.begun`);
  }

  #gate(name: string): string {
    return path.join(this.#folder, `${name}.open`);
  }
}

/** A task of the probe, as a deployment wants it. @param after the tasks that it depends on. */
export function task(name: string, config: Readonly<Record<string, unknown>> = {}, ...after: string[]): WantedResource {
  const dependsOn = after.map((other) => `${taskType}.${other}`);
  return { type: taskType, name, config: { name, ...config }, ...(after.length === 0 ? {} : { dependsOn }) };
}
