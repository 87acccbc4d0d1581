/**
 * The frame of every process of a platform: it receives its configuration from its supervisor, reports when it is
 * ready, and ends with its supervisor, however that ends.
 */
import { once } from 'node:events';

/**
 * Changes the parts of something.
 * @param area what the parts belong to; the parts of other areas are returned unchanged.
 * @param decoration the configuration's text for the decorator.
 */
export type Decorate = <Parts extends object>(area: string, parts: Parts, decoration: string) => Promise<Parts>;

/** The export `run` of a process's module. Its bundle calls it, with the decorator if it was built with one. */
export type Run = (decorate?: Decorate) => Promise<void>;

/** The common configuration of all processes. */
export interface ProcessConfiguration {
  /** Passed to the decorator in the bundle; undefined leaves the parts unchanged. */
  readonly decoration: string | undefined;
}

/** What a process is composed of. */
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

/** Runs a process composed of these parts: `start` returns its port, if it has one, when it is ready. */
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

/** Applies the decoration to the parts, if there is one. @throws Error when there is no decorator. */
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
