import { addToMessage } from './query-errors.ts';

/** A session that was ended, as pg_stat_activity showed it. */
export interface EndedSession {
  readonly pid: number;
  readonly application: string;
  /** Such as `idle`, or `idle in transaction`. */
  readonly state: string | null;
}

/** Sessions in a test's database that had to end, and why. */
export interface CutOff {
  readonly because: string;
  readonly sessions: readonly EndedSession[];
}

/** Says which sessions were ended, and why. */
export interface CutOffs {
  /** Those that a test has to know of: not the reset's own, and none that the test's pool opens again by itself. */
  concerned(sessions: readonly EndedSession[], owner: string): readonly EndedSession[];
  /** What an error that nothing has caught has to do with what ends sessions; undefined when it is another error. */
  explanation(error: unknown, because: string | undefined): string | undefined;
}

/** What all connections of ours are called; see connectionOptions. */
export const poolApplication = 'proving-ground';

export const cutOffs: CutOffs = {
  concerned: (sessions, owner) =>
    sessions.filter(
      ({ application, state }) => application !== owner && !(application === poolApplication && state === 'idle'),
    ),

  explanation(error, because) {
    const { code, message = '' } = (error ?? {}) as { code?: string; message?: string };
    if (code !== '57P01' && !message.startsWith('Connection terminated unexpectedly')) return undefined;
    const cause = because ?? 'the database of an earlier test was dropped, and this session was still open in it';
    return (
      `${cause}. A pool or client without an 'error' listener ends the test then: ` +
      `add pool.on('error', () => {}), or end the pool before.`
    );
  },
};

/** As text: `restore('a') …: pid 7 (shop, idle), pid 8 (no application_name, active)`. */
export function describeCutOff({ because, sessions }: CutOff): string {
  const all = sessions.map(
    ({ pid, application, state }) =>
      `pid ${pid} (${application === '' ? 'no application_name' : application}, ${state ?? 'state unknown'})`,
  );
  return `${because}: ${all.join(', ')}`;
}

/** Adds to an error's message why it came. */
export function explain(error: unknown, explanation: string | undefined): void {
  if (error instanceof Error && explanation !== undefined) addToMessage(error, `: ${explanation}`);
}
