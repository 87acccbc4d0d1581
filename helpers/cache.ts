import { accessSync, constants, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { EnvironmentUnavailable, messageOf } from './environment.ts';

/** Milliseconds after which nobody works on a draft any more: who did was killed. */
const draftAge = 3_600_000;

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

/** Finds a folder that is prepared once, or lets `fill` make it: in a draft beside it, so that nobody meets half of it. */
export function prepareOnce(destination: string, fill: (draft: string) => void): string {
  const [cache, name] = [path.dirname(destination), path.basename(destination)];
  mkdirSync(cache, { recursive: true });
  removeOld(cache, (other) => other.startsWith(`${name}-`) && /^\w{6}$/.test(other.slice(name.length + 1)), draftAge);
  if (existsSync(destination)) return destination;
  const draft = mkdtempSync(`${destination}-`);
  try {
    fill(draft);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw error;
  }
  return publish(draft, destination);
}

/** Removes those of a folder's entries that nothing was added to for so many milliseconds. */
export function removeOld(folder: string, isMeant: (name: string) => boolean, age: number): void {
  for (const name of readdirSync(folder).filter(isMeant)) {
    const entry = path.join(folder, name);
    const { mtimeMs = Date.now() } = statSync(entry, { throwIfNoEntry: false }) ?? {};
    if (Date.now() - mtimeMs > age) rmSync(entry, { recursive: true, force: true });
  }
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
