/**
 * The frame of every process of a platform: it is told its configuration by its supervisor, says when it is ready,
 * and ends with its supervisor, however that ends.
 */
import { once } from 'node:events';

/**
 * Changes the parts that something is composed of. `area` names what that is, and `decoration` what the configuration
 * says; other parts come back as they are.
 */
export type Decorate = <Parts extends object>(area: string, parts: Parts, decoration: string) => Promise<Parts>;

/** What the module of a process exports as `run`. Its bundle calls it, with a decorator where it was built with one. */
export type Run = (decorate?: Decorate) => Promise<void>;

/** What every process is told, whatever else it is told. */
export interface ProcessConfiguration {
  /** What the decorator in its bundle is told; undefined: the parts stay as they are. */
  readonly decoration: string | undefined;
}

/** What a process is made from. */
export interface Context<Parts, Configuration> {
  readonly configuration: Configuration;
  readonly parts: Parts;
}

/** The supervisor's first message to a process. */
export interface Assignment<Configuration = unknown> {
  readonly configuration: Configuration;
  /** Its name among the platform's processes. */
  readonly name: string;
  /** Its former port; undefined the first time. */
  readonly port: number | undefined;
  /** Addresses of other processes, by name. */
  readonly peers: Readonly<Record<string, string>>;
}

/** The process's answer. */
export type Announcement = { readonly ready: { readonly port?: number } } | { readonly failed: string };

/** Runs a process that is composed of these parts: `start` returns its port when it is ready to work, if it has one. */
export async function runProcess<Configuration extends ProcessConfiguration, Parts extends object>(
  area: string,
  composed: Parts,
  decorate: Decorate | undefined,
  start: (assignment: Assignment, context: Context<Parts, Configuration>) => Promise<number | undefined>,
): Promise<void> {
  process.once('disconnect', () => process.exit());
  const [assignment] = (await once(process, 'message')) as [Assignment<Configuration>];
  const { configuration } = assignment;
  try {
    const parts = await decorated(area, composed, decorate, configuration.decoration);
    const port = await start(assignment, { configuration, parts });
    announce({ ready: port === undefined ? {} : { port } });
  } catch (error) {
    announce({ failed: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
}

/**
 * The parts with the decoration, if there is one.
 * @throws Error when there is no decorator to ask.
 */
export async function decorated<Parts extends object>(
  area: string,
  composed: Parts,
  decorate: Decorate | undefined,
  decoration: string | undefined,
): Promise<Parts> {
  if (decoration === undefined) return composed;
  if (decorate === undefined) throw new Error(`The decoration ${decoration} needs a bundle with a decorator.`);
  return decorate(area, composed, decoration);
}

function announce(announcement: Announcement): void {
  process.send!(announcement);
}
