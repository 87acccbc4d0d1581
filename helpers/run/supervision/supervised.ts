import type { ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { messageOf } from '../../lib/environment.ts';
import { recordOrKill } from '../processes/index.ts';

const linesKept = 200;
/** Milliseconds for the last output of an ended process: what it has started may hold its pipes open. */
const lastWords = 200;

/** One process, from its start to its end. */
interface Life {
  readonly child: ChildProcess;
  /** Resolves when it has ended, and its replacement was started if there is one. */
  readonly ended: Promise<void>;
}

/** A process that is kept running: one that dies is started again. */
export abstract class Supervised {
  readonly name: string;
  readonly #log: string[] = [];
  readonly #deaths: string[] = [];
  #life: Life | undefined;
  #ready: Promise<void> = Promise.resolve();
  #isWanted = false;
  /** Whether the current process was ready once: then its end is no failed start. */
  #wasReady = false;
  /** Whether the current process's end is wanted. */
  #isDoomed = false;
  #starts = 0;
  #failures = 0;

  constructor(name: string) {
    this.name = name;
  }

  /** Starts the process, with pipes for its output. */
  protected abstract launch(): ChildProcess;

  /** Records the process, so that it can be ended when its owner was killed. */
  protected abstract record(pid: number): void;

  /**
   * Resolves when this process is ready. A rejection says why it will never be; it is killed then.
   * @param ended aborted when the process has ended.
   */
  protected abstract whenReady(child: ChildProcess, ended: AbortSignal): Promise<void>;

  /** Whether it is given up after so many failed starts in a row. */
  protected abstract isHopeless(failures: number): boolean;

  /** What those who wait for it get when it was given up. */
  protected abstract givenUp(why: string, log: readonly string[]): Error;

  /** Ends this process, even if it hangs. */
  protected abstract end(child: ChildProcess): Promise<void>;

  /** Sends a signal to this process. */
  protected signal(child: ChildProcess, signal: NodeJS.Signals): void {
    child.kill(signal);
  }

  /** Called as soon as this process has ended. */
  protected ended(_child: ChildProcess): void {}

  /** Called with each piece of its output. */
  protected heard(text: string): void {
    this.note(text);
  }

  /** Adds to the log. */
  protected note(text: string): void {
    this.#log.push(
      ...stripVTControlCharacters(text)
        .split('\n')
        .filter((line) => line !== ''),
    );
    this.#log.splice(0, this.#log.length - linesKept);
  }

  get pid(): number | undefined {
    return this.#life?.child.pid;
  }

  /** How often it was started. */
  get starts(): number {
    return this.#starts;
  }

  /** The last lines of its output. */
  get log(): string {
    return this.#log.join('\n');
  }

  /** How it ended each time that nothing here had ended it. */
  get deaths(): readonly string[] {
    return this.#deaths;
  }

  /** Starts it, also after it was given up, and restarts it from then on. Resolves when it is ready. */
  async start(): Promise<void> {
    if (!this.#isWanted) {
      this.#isWanted = true;
      this.#failures = 0;
      this.#spawn();
    }
    await this.ready();
  }

  /** Resolves when it is ready, also after a restart. Rejects when it was given up. */
  async ready(): Promise<void> {
    const awaited = this.#ready;
    await awaited;
    if (awaited !== this.#ready) await this.ready();
  }

  /** Ends it permanently, even if it hangs. */
  async stop(): Promise<void> {
    this.#isWanted = false;
    const life = this.#life;
    if (life === undefined) return;
    this.#isDoomed = true;
    await this.end(life.child);
    await life.ended;
  }

  /** Kills it with SIGKILL; it is restarted. Resolves when it has ended. */
  async kill(): Promise<void> {
    const life = this.#life;
    if (life === undefined) return;
    this.#isDoomed = true;
    this.#ready = life.ended; // then its replacement is awaited
    this.signal(life.child, 'SIGKILL');
    await life.ended;
  }

  /** Suspends it (SIGSTOP): it keeps its connections and does nothing. */
  freeze(): void {
    this.#send('SIGSTOP');
  }

  /** Resumes a frozen process; has no effect on others. */
  thaw(): void {
    this.#send('SIGCONT');
  }

  #send(signal: NodeJS.Signals): void {
    if (this.#life !== undefined) this.signal(this.#life.child, signal);
  }

  #spawn(): void {
    this.#starts++;
    let child: ChildProcess;
    try {
      child = this.launch();
      recordOrKill(child, (pid) => this.record(pid));
    } catch (error) {
      return this.#giveUp(messageOf(error), []);
    }
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => this.heard(text));
    const over = new AbortController();
    const ended = this.#endOf(child).then((how) => {
      over.abort();
      this.#noteEnd(child, how);
    });
    this.#life = { child, ended };
    this.#wasReady = false;
    this.#isDoomed = false;
    const ready = this.whenReady(child, over.signal).then(
      () => this.#noteReady(child),
      (error: unknown) => (over.signal.aborted ? undefined : this.#fail(child, messageOf(error))),
    );
    this.#ready = Promise.race([ready, ended]);
  }

  /** How a process has ended, when its last output has arrived. */
  async #endOf(child: ChildProcess): Promise<string> {
    const closed = new Promise((resolve) => {
      child.once('close', resolve);
    });
    const how = await new Promise<string>((resolve) => {
      child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
      // Later errors: `exit` follows.
      child.on('error', (error) => child.pid === undefined && resolve(error.message));
    });
    this.ended(child);
    if (child.pid !== undefined) await Promise.race([closed, delay(lastWords, undefined, { ref: false })]);
    return how;
  }

  #noteReady(child: ChildProcess): void {
    if (this.#life?.child !== child) return; // it was stopped meanwhile
    this.#wasReady = true;
    this.#failures = 0;
  }

  #noteEnd(child: ChildProcess, how: string): void {
    const why = `${this.name} ended by ${how}`;
    this.note(why);
    if (this.#life?.child !== child) return; // already replaced
    this.#life = undefined;
    if (!this.#isWanted) return;
    if (!this.#isDoomed && this.#wasReady) this.#deaths.push(why);
    if (!this.#isDoomed && !this.#wasReady) this.#failures++;
    if (this.#failures > 0 && this.isHopeless(this.#failures)) this.#giveUp(why);
    else this.#spawn();
  }

  async #fail(child: ChildProcess, why: string): Promise<void> {
    this.note(why);
    const life = this.#life;
    this.signal(child, 'SIGKILL');
    if (life?.child === child) await life.ended;
  }

  #giveUp(why: string, log: readonly string[] = this.#log): void {
    this.#isWanted = false;
    this.#ready = Promise.reject(this.givenUp(why, log));
    this.#ready.catch(() => undefined); // reported where it is awaited
  }
}
