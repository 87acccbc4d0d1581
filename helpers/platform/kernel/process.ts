/**
 * The frame of every process of the platform: it is told its configuration by its supervisor, says when it is ready,
 * and ends with its supervisor, however that ends.
 */
import { once } from 'node:events';
import type { Areas } from '../../faults/fault.ts';
import { withFault } from '../../faults/inject.ts';
import type { PlatformConfiguration } from '../experiments/configuration.ts';
import type { SessionConfiguration } from '../sessions/configuration.ts';

/** The platform's areas, with what the processes of each are told. */
interface PlatformAreas {
  readonly experiments: PlatformConfiguration;
  readonly sessions: SessionConfiguration;
}
type PlatformArea = keyof PlatformAreas;

/** What a process is made from. */
export interface Context<Parts, Configuration = PlatformConfiguration> {
  readonly configuration: Configuration;
  readonly parts: Parts;
}

/** What a supervisor says to a process that it has started. */
export interface Assignment<Configuration = unknown> {
  readonly configuration: Configuration;
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
export async function runProcess<Area extends PlatformArea, Parts extends Partial<Areas[Area]>>(
  area: Area,
  composed: Parts,
  start: (assignment: Assignment, context: Context<Parts, PlatformAreas[Area]>) => Promise<number | undefined>,
): Promise<void> {
  process.once('disconnect', () => process.exit());
  const [assignment] = (await once(process, 'message')) as [Assignment<PlatformAreas[Area]>];
  const { configuration } = assignment;
  try {
    const parts = await withFault(area, composed, configuration.fault);
    const port = await start(assignment, { configuration, parts });
    announce({ ready: port === undefined ? {} : { port } });
  } catch (error) {
    announce({ failed: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
}

function announce(announcement: Announcement): void {
  process.send!(announcement);
}
