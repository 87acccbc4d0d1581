import { type CutOff, type CutOffs, describeCutOff } from './cut-off.ts';
import type { LeasedDatabase, ResetMethod } from './leased-database.ts';
import type { Maintenance } from './maintenance.ts';

/** Which sessions of a test's database were ended, and why. */
export class CutOffRecord {
  readonly #leased: LeasedDatabase;
  readonly #maintenance: Maintenance;
  readonly #rules: CutOffs;
  readonly #cutOff: CutOff[] = [];
  #because: string | undefined;

  constructor(leased: LeasedDatabase, maintenance: Maintenance, rules: CutOffs) {
    this.#leased = leased;
    this.#maintenance = maintenance;
    this.#rules = rules;
    this.collect();
  }

  /** What ends sessions from now on. */
  begin(because: string): void {
    this.#because = because;
  }

  /** How `restore()` has put back the beginning. */
  restored(way: ResetMethod): void {
    this.begin(reasonOf('restore()', way));
  }

  /** Records what was ended by what was begun last; before anything was, that is the reset before the test. */
  collect(): void {
    const { name, lastReset } = this.#leased;
    const sessions = this.#rules.concerned(this.#maintenance.takeEnded(name), this.#maintenance.owner);
    const because = this.#because ?? reasonOf('the reset before this test', lastReset);
    if (sessions.length > 0) this.#cutOff.push({ because, sessions });
  }

  texts(): string[] {
    return this.#cutOff.map(describeCutOff);
  }

  /** Why an error came, where sessions that were ended explain it. */
  explanationOf(error: unknown): string | undefined {
    return this.#rules.explanation(error, this.#because);
  }
}

function reasonOf(call: string, way: ResetMethod | undefined): string {
  return way?.way === 'strict'
    ? `${call} ends every session in the database, because a fresh clone takes its place (${way.because})`
    : `${call} ends sessions that are at work, because what they do would follow it`;
}
