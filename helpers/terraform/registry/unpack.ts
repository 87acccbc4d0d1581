import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { unzipSync } from 'fflate';
import { EnvironmentUnavailable, messageOf } from '../../lib/environment.ts';
import type { RegistryParts } from './parts.ts';
import { type ProviderAddress, unusable } from './provider-address.ts';

/** Unpacks a provider's zip into a folder that appears with everything in it, or not at all. */
export function unpack(
  zip: Uint8Array,
  folder: string,
  address: ProviderAddress,
  { cached, trust }: Pick<RegistryParts, 'cached' | 'trust'>,
): void {
  const files = readZip(zip, address, trust.leavesFolder);
  try {
    cached.prepare(folder, (draft) => {
      for (const [name, content] of files) {
        const file = path.join(draft, name);
        mkdirSync(path.dirname(file), { recursive: true });
        writeFileSync(file, content);
      }
      chmodSync(findBinary(draft, address), 0o755);
    });
  } catch (error) {
    if (error instanceof EnvironmentUnavailable) throw error;
    const cache = path.dirname(folder);
    throw unusable(
      address,
      `cannot be unpacked into ${cache} (${messageOf(error)})`,
      'make room there, point PROVING_GROUND_CACHE at another folder',
    );
  }
}

function readZip(
  zip: Uint8Array,
  address: ProviderAddress,
  leaves: (name: string) => boolean,
): [name: string, content: Uint8Array][] {
  let files: Record<string, Uint8Array>;
  try {
    files = unzipSync(zip);
  } catch (error) {
    throw unusable(address, `is no readable zip (${messageOf(error)})`, 'choose another version');
  }
  const leaving = Object.keys(files).find(leaves);
  if (leaving !== undefined)
    throw unusable(address, `has a file outside of its folder (${leaving})`, 'choose another version');
  return Object.entries(files).filter(([name]) => !name.endsWith('/'));
}

/** The binary in an unpacked provider's folder, which is named after its type. */
export function findBinary(folder: string, address: ProviderAddress): string {
  const ofType = new RegExp(`^terraform-provider-${address.type}(_.*)?([.]exe)?$`, 'i');
  const binary = readdirSync(folder, { withFileTypes: true }).find(
    (entry) => entry.isFile() && ofType.test(entry.name),
  );
  if (binary === undefined)
    throw unusable(address, `has no file terraform-provider-${address.type}`, 'choose another version');
  return path.join(folder, binary.name);
}
