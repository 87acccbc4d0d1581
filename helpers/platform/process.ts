/**
 * The frame of every process of the platform: it is told its configuration by its supervisor, says when it is ready,
 * and ends with its supervisor, however that ends.
 */
import { once } from 'node:events';
import type { PlatformConfiguration } from './configuration.ts';
import type { PlatformParts } from './parts.ts';

/** What a process is made from. */
export interface Context<Parts> {
  readonly configuration: PlatformConfiguration;
  readonly parts: Parts;
}

/** What a supervisor says to a process that it has started. */
export interface Assignment {
  readonly configuration: PlatformConfiguration;
  /** Its name among the platform's processes. */
  readonly name: string;
  /** The port that it had before; undefined the first time. */
  readonly port: number | undefined;
  /** Addresses of other processes, by name. */
  readonly peers: Readonly<Record<string, string>>;
}

/** What the process answers. */
export type Announcement = { readonly ready: { readonly port?: number } } | { readonly failed: string };

/** Runs a process that is composed of these parts: `start` returns its port when it is ready to work, if it has one. */
export async function runProcess<Parts extends Partial<PlatformParts>>(composed: Parts, start: (assignment: Assignment, context: Context<Parts>) => Promise<number | undefined>): Promise<void> {
  process.once('disconnect', () => process.exit());
  const [assignment] = (await once(process, 'message')) as [Assignment];
  const { configuration } = assignment;
  try {
    // Only then: who has no fault to look for need not load them all.
    const parts = configuration.fault === undefined ? composed : (await import('../faults/index.ts')).withFault('experiments', composed, configuration.fault);
    const port = await start(assignment, { configuration, parts });
    announce({ ready: port === undefined ? {} : { port } });
  } catch (error) {
    announce({ failed: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
}

function announce(announcement: Announcement): void {
  process.send!(announcement);
}
