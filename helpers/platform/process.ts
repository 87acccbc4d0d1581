/**
 * The frame of every process of the platform: it is told its configuration by its supervisor, says when it is ready,
 * and ends with its supervisor, however that ends.
 */
import { once } from 'node:events';
import type { PlatformConfiguration } from './configuration.ts';
import { type PlatformContext, platformParts } from './parts.ts';

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

/** Runs a process: `start` returns its port when it is ready to work, if it has one. */
export async function runProcess(start: (assignment: Assignment, context: PlatformContext) => Promise<number | undefined>): Promise<void> {
  process.once('disconnect', () => process.exit());
  const [assignment] = (await once(process, 'message')) as [Assignment];
  const { configuration } = assignment;
  try {
    const parts = configuration.fault === undefined ? platformParts : (await import('../faults/index.ts')).withFault('experiments', platformParts, configuration.fault);
    const port = await start(assignment, { configuration, parts });
    announce({ ready: port === undefined ? {} : { port } });
  } catch (error) {
    announce({ failed: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
}

function announce(announcement: Announcement): void {
  process.send!(announcement);
}
