import { existsSync } from 'node:fs';
import path from 'node:path';
import { prepareOnce } from '../../lib/cache.ts';
import { takeTurns } from './download-turns.ts';

/** What decides which provider is taken, and what is written; a fault (`helpers/faults/registry.ts`) breaks one. */
export interface RegistryParts {
  /** Lets one call at a time download a version. */
  readonly turns: { readonly take: typeof takeTurns };
  readonly trust: {
    /** Why a signature is not one of the registry's keys'; undefined when it is. */
    whyUnverified(
      signed: Uint8Array,
      signature: Uint8Array,
      armoredKeys: readonly string[],
    ): Promise<string | undefined>;
    /** Whether a zip with this checksum is the one with the signed checksum. */
    isSame(actual: string, signed: string): boolean;
    /** Whether a file of a zip would be written outside of its folder. */
    leavesFolder(name: string): boolean;
  };
  /** The versions on this machine. */
  readonly cached: {
    has(folder: string): boolean;
    /** Fills a folder that appears with everything in it, or leaves the one that is there. */
    prepare(folder: string, fill: (draft: string) => void): string;
  };
}

export const registryParts: RegistryParts = {
  turns: { take: takeTurns },
  trust: {
    async whyUnverified(...signed) {
      const { whyUnverified } = await import('./signature.ts'); // takes a while to load
      return whyUnverified(...signed);
    },
    isSame: (actual, signed) => actual === signed,
    leavesFolder: (name) => path.posix.isAbsolute(name) || /[\\\0]/.test(name) || name.split('/').includes('..'),
  },
  cached: { has: existsSync, prepare: prepareOnce },
};
