import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { rootCandidates } from '../../../helpers/run/place.ts';

/**
 * The folder on the disk that a run's servers fill: the one that the run is in, or where workers have servers of their
 * own, the first in which they would create them. It outlives the run.
 * @param run the run's own folder, if there is one.
 */
export function dataFolder(run: string | undefined, wanted = process.env['PROVING_GROUND_FOLDER']): string {
  if (run !== undefined) return path.dirname(run);
  return rootCandidates(wanted === '' ? undefined : wanted).find((folder) => existsSync(folder)) ?? tmpdir();
}
