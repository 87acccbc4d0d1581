import { accessSync, constants, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { EnvironmentUnavailable, messageOf } from './environment.ts';

/**
 * The folder for what is prepared once: beside the installed packages where that can be written, else the user's cache
 * folder, or for root the machine's.
 * @param whyNot a reason not to take a folder that can be written; undefined where there is none.
 * @throws EnvironmentUnavailable naming what was to be prepared.
 */
export function cacheFolder(wanted: string | undefined, purpose: string, whyNot: (folder: string) => string | undefined = () => undefined): string {
  const besidePackages = fileURLToPath(new URL('../node_modules/.cache/proving-ground', import.meta.url));
  const ofUser = process.getuid?.() === 0 ? '/var/cache/proving-ground' : path.join(process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache'), 'proving-ground');
  const reasons: string[] = [];
  for (const candidate of wanted === undefined ? [besidePackages, ofUser] : [path.resolve(wanted)]) {
    try {
      mkdirSync(candidate, { recursive: true, mode: 0o755 });
      accessSync(candidate, constants.W_OK);
      const reason = whyNot(candidate);
      if (reason === undefined) return candidate;
      reasons.push(reason);
    } catch (error) {
      reasons.push(messageOf(error));
    }
  }
  throw new EnvironmentUnavailable(`There is no folder to prepare ${purpose} in (${reasons.join('; ')}): point PROVING_GROUND_CACHE at a folder that can be written.`);
}

/** Gives a finished folder its final name. Where another run was faster, its folder is as good and ours goes. */
export function publish(draft: string, destination: string): string {
  try {
    renameSync(draft, destination);
  } catch (error) {
    if (!existsSync(destination)) throw error;
    rmSync(draft, { recursive: true, force: true });
  }
  return destination;
}
